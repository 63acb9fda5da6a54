/** electron-builder calls this when the program is laid out and before it is signed: Electron's fuses as `fuses.ts` wants them, each of them. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FUSES } from '../electron/fuses.ts'
import { TOOLS } from './tools.ts'

/** What is used of electron-builder's context. */
export interface Packed {
  readonly appOutDir: string
  readonly electronPlatformName: string
  readonly packager: {
    readonly executableName?: string
    readonly appInfo: { readonly productFilename: string }
  }
}

/** The file that holds the fuses. */
export function programOf({ appOutDir, electronPlatformName, packager }: Packed): string {
  const { productFilename } = packager.appInfo
  if (electronPlatformName === 'darwin') return join(appOutDir, `${productFilename}.app`)
  if (electronPlatformName === 'win32') return join(appOutDir, `${productFilename}.exe`)
  return join(appOutDir, packager.executableName ?? productFilename)
}

export async function afterPack(packed: Packed): Promise<void> {
  const fuses = join(TOOLS, 'node_modules/@electron/fuses/dist/index.js')
  const { flipFuses, FuseV1Options, FuseVersion } = await import(pathToFileURL(fuses).href)
  const wanted = Object.entries(FUSES).map(([name, on]) => [FuseV1Options[name], on])
  await flipFuses(programOf(packed), {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: packed.electronPlatformName === 'darwin',
    ...Object.fromEntries(wanted),
  })
}
