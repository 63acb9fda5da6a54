/** Lines to a backend that runs elsewhere: mutual TLS, or plain on this machine. */
import type { HttpPort } from '../../src/host/http-port.ts'
import { httpsPort } from '../terminal/electron/https-port.ts'
import { plainHttpPort } from '../testkit/http-port.ts'
import { BadOption, type StartOptions } from './options.ts'

/** Throws BadOption for files that hold no key and certificate. */
export function linesTo({ addresses, pem }: NonNullable<StartOptions['backend']>): readonly HttpPort[] {
  try {
    return addresses.map((address) => (address.startsWith('https:') ? httpsPort(address, pem) : plainHttpPort(address)))
  } catch (error) {
    throw new BadOption(`--client-key, --client-cert: ${(error as Error).message}`)
  }
}
