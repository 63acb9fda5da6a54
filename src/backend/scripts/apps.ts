/** Applications for the two areas of the card (F27): what is loaded, where, and as which instance. */

import { CapFileError, loadFileDataBlock, parseCapFile } from '../../applications/globalplatform/cap-file.ts'
import { fromHex, hex } from '../../base/hex.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { Reads, Row } from '../store/store.ts'

/** 空き領域 and 条例利用領域: supplementary security domains of their own (facts 1.1, 2.9). */
export const AREAS = { free: fromHex('F04D444700A1'), ordinance: fromHex('F04D444700A2') } as const
export type Area = keyof typeof AREAS

export interface App {
  readonly id: string
  readonly area: Area
  readonly package: Uint8Array
  readonly module: Uint8Array
  readonly instance: Uint8Array
  readonly loadFile: Uint8Array
}

interface AppRow extends Row {
  readonly id: string
  readonly area: Area
  readonly package: string
  readonly module: string
  readonly instance: string
  readonly load_file: Uint8Array
}

/** Takes the CAP file of an application with one applet. Throws `badInput` when it is none, `applicationExists`. */
export async function registerApp(
  context: Context,
  app: { readonly id: string; readonly area: Area; readonly instance: string; readonly cap: Uint8Array },
  by: Actor,
): Promise<void> {
  const { store, clock } = context
  const { file, loadFile, module } = parsed(app.cap)
  const at = clock.now()
  await store.transaction(async (tx) => {
    if ((await tx.get('SELECT id FROM app WHERE id = ?', app.id)) !== undefined) throw new Refusal('applicationExists')
    await tx.run(
      'INSERT INTO app (id, area, package, module, instance, load_file, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      app.id,
      app.area,
      hex(file.package.aid),
      hex(module),
      app.instance,
      loadFile,
      at,
    )
    await record(
      tx,
      { ...by, procedure: 'application.registered', holder: '', object: `application ${app.id}`, result: app.area },
      at,
    )
  })
}

/** The larger of the two areas; also what one script can carry. */
const LARGEST = 0xc000

function parsed(cap: Uint8Array) {
  try {
    const file = parseCapFile(cap)
    const [applet] = file.applets
    if (applet === undefined) throw new Refusal('badInput', 'body.cap: no applet')
    const loadFile = loadFileDataBlock(file)
    if (loadFile.length > LARGEST) throw new Refusal('badInput', 'body.cap: larger than an area')
    return { file, loadFile, module: applet.aid }
  } catch (error) {
    if (error instanceof CapFileError) throw new Refusal('badInput', `body.cap: ${error.message}`)
    throw error
  }
}

/** Throws `unknownApplication`. */
export async function appById(store: Reads, id: string): Promise<App> {
  const row = await store.get<AppRow>('SELECT * FROM app WHERE id = ?', id)
  if (row === undefined) throw new Refusal('unknownApplication')
  return {
    ...{ id: row.id, area: row.area, loadFile: row.load_file },
    ...{ package: fromHex(row.package), module: fromHex(row.module), instance: fromHex(row.instance) },
  }
}
