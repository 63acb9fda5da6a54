/** `--pkcs11…` of `madoguchi backend`: where the device with the keys is. Its PIN comes from a file, never from the command line. */
import { readFileSync, statSync } from 'node:fs'
import type { TokenPlace } from '../../../src/backend/keys/pkcs11-token.ts'
import { UsageError } from '../command.ts'

export const KEY_DEVICE_OPTIONS = {
  pkcs11: { type: 'string' },
  'pkcs11-token': { type: 'string' },
  'pkcs11-pin': { type: 'string' },
} as const

export type KeyDeviceValues = { readonly [K in keyof typeof KEY_DEVICE_OPTIONS]?: string | undefined }

/** Undefined when keys are to lie in the database. Throws `UsageError`. */
export function keyDevice(values: KeyDeviceValues): TokenPlace | undefined {
  const { pkcs11: library, 'pkcs11-token': token, 'pkcs11-pin': file } = values
  if (library === undefined && token === undefined && file === undefined) return undefined
  if (library === undefined || token === undefined || file === undefined)
    throw new UsageError('--pkcs11, --pkcs11-token and --pkcs11-pin belong together')
  return { library, token, pin: pinFrom(file) }
}

function pinFrom(file: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0)
      throw new UsageError(`--pkcs11-pin: ${file} may be read by others; set its mode to 600`)
    return readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--pkcs11-pin: ${file} cannot be read`)
  }
}
