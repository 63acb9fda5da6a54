/** The way to real readers, step by step: binding, service, protocol, rights, readers. */
import { createRequire } from 'node:module'
import { BindingMissing } from '../../../drivers/pcsc/binding.ts'
import { openPcsc } from '../../../drivers/pcsc/pcsc.ts'
import { clientProtocol, serviceProtocol, socketPath } from '../../../drivers/pcsc/service-diagnosis.ts'
import { hex } from '../../../src/base/hex.ts'
import { ReaderError, type ReaderService, type ReaderState, type ReaderTrouble } from '../../../src/card/ports.ts'
import { type Finding, note, ok, problem } from './finding.ts'

export async function lookAtReaders(): Promise<Finding[]> {
  let readers: ReaderService
  try {
    readers = await openPcsc({ deadlines: { connect: 3000 } })
  } catch (error) {
    if (!(error instanceof BindingMissing)) throw error
    return [problem('PC/SC binding', 'not built: real readers cannot be used', BUILD)]
  }
  try {
    const findings = [ok('PC/SC binding', `smartcard ${bindingVersion()}`), ...(await protocols())]
    return [...findings, ...describe(await readers.list())]
  } catch (error) {
    if (!(error instanceof ReaderError)) throw error
    return [ok('PC/SC binding', `smartcard ${bindingVersion()}`), troubleFinding(error.trouble)]
  } finally {
    await readers.close()
  }
}

const BUILD =
  'Install what it is compiled with (Debian: apt-get install g++ make python3 libpcsclite-dev), then: npm rebuild smartcard'

const bindingVersion = (): string => {
  const main = createRequire(import.meta.url).resolve('smartcard')
  return createRequire(main)('../../package.json').version
}

async function protocols(): Promise<Finding[]> {
  if (process.platform !== 'linux') return []
  const [service, client] = [await serviceProtocol(), await clientProtocol()]
  if (service === undefined) return []
  return [ok('PC/SC service', `${socketPath()} speaks ${service}, the client library ${client ?? 'unknown'}`)]
}

function describe(states: readonly ReaderState[]): Finding[] {
  if (states.length === 0)
    return [note('Readers', 'none', 'Plug one in. If one is plugged in, does its driver support it (Debian: libccid)?')]
  return states.map(({ name, card, atr, inUse }) => {
    const what = card === 'present' ? `a card (ATR ${hex(atr ?? new Uint8Array())})` : CARD[card]
    const found = `${what}${inUse ? ', in use by a program' : ''}`
    return card === 'mute' ? note(name, found, 'Turn the card over or clean its contacts.') : ok(name, found)
  })
}

const CARD = { absent: 'no card', mute: 'a card that does not answer', unknown: 'not known' } as const

function troubleFinding(trouble: ReaderTrouble): Finding {
  const about = 'PC/SC service'
  switch (trouble.kind) {
    case 'serviceDown':
      return problem(about, `nobody answers at ${socketPath()}`, startService())
    case 'protocolMismatch':
      return problem(
        about,
        `the client library speaks ${trouble.client}, the service ${trouble.service}`,
        'Both must come from the same release of pcsc-lite: update the older one. In a container, mount the socket of a matching host.',
      )
    case 'noRights':
      return problem(
        about,
        'this user may not use it',
        'Sign in at the machine itself, or let a polkit rule allow org.debian.pcsc-lite.access_pcsc and access_card.',
      )
    case 'noReader':
      return describe([])[0] as Finding
    default:
      return problem(about, `it answers with trouble: ${trouble.kind}`, 'Restart the service, then run this again.')
  }
}

function startService(): string {
  const led = process.env['PCSCLITE_CSOCK_NAME'] !== undefined
  if (led) return 'PCSCLITE_CSOCK_NAME points there: start that service, or unset the variable.'
  if (process.platform === 'linux') return 'Start it: systemctl start pcscd.socket (Debian: apt-get install pcscd).'
  if (process.platform === 'win32') return 'Start the Windows service "Smart Card" (SCardSvr).'
  return 'Plug the reader in again: macOS starts the service with it.'
}
