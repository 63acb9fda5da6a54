/** Two readers of a real pcscd, the cards laid on them, and who asks those cards afterwards: OpenSC, and our reading library. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { openPcsc } from '../../drivers/pcsc/pcsc.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { CommonSession } from '../../src/applications/common/common-session.ts'
import { JpkiSession } from '../../src/applications/jpki/jpki-session.ts'
import { JukiSession } from '../../src/applications/juki/juki-session.ts'
import type { Verified } from '../../src/applications/pin/verify-pin.ts'
import { TextSession } from '../../src/applications/text/text-session.ts'
import { VisualSession } from '../../src/applications/visual/visual-session.ts'
import { Secret } from '../../src/base/secret.ts'
import { Card } from '../../src/card/card.ts'
import type { ReaderService } from '../../src/card/ports.ts'
import type { Transaction } from '../../src/card/transaction-hold.ts'
import { cardSeen } from './paths.ts'
import { RealPcscd, SECOND_VPCD_READER, VPCD_PORT, VPCD_READER } from './real-pcscd.ts'

/** A card behind vpcd, in a process of its own; lifted, it is what its file says. */
export interface Laid {
  lift(): Promise<SimulatedCard>
}

export type Place = 'sign' | 'auth' | 'text' | 'juki' | 'common' | 'codeB in text' | 'codeB in visual'

export class PcscdReaders implements AsyncDisposable {
  readonly service: ReaderService
  readonly #pcscd: RealPcscd
  readonly #there = new Map<string, { detach(): Promise<void> }>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'madoguchi-flows-'))

  private constructor(service: ReaderService, pcscd: RealPcscd) {
    this.service = service
    this.#pcscd = pcscd
  }

  static async open(): Promise<PcscdReaders> {
    const pcscd = await RealPcscd.start({ quickAck: true })
    // The client library reads it once in the life of a process.
    process.env['PCSCLITE_CSOCK_NAME'] = pcscd.env.PCSCLITE_CSOCK_NAME
    return new PcscdReaders(await openPcsc(), pcscd)
  }

  async lay(card: SimulatedCard, reader = VPCD_READER): Promise<Laid> {
    const socket = this.#pcscd.env.PCSCLITE_CSOCK_NAME
    const lift = async () => {
      await this.#there.get(reader)?.detach()
      if (this.#there.delete(reader)) await cardSeen(socket, false, reader)
    }
    // Left by a flow that failed.
    await lift()
    const path = join(this.#folder, `${reader}.card.json`)
    writeFileSync(path, formatCardImage(card.toImage()))
    const cli = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
    const port = reader === SECOND_VPCD_READER ? VPCD_PORT + 1 : VPCD_PORT
    const command = [process.execPath, cli, 'attach', '--vpcd', `127.0.0.1:${port}`, path]
    this.#there.set(reader, await this.#pcscd.attach(command))
    await cardSeen(socket, true, reader)
    return {
      async lift() {
        await lift()
        return SimulatedCard.fromImage(parseCardImage(readFileSync(path, 'utf8')))
      },
    }
  }

  /** OpenSC asks the card itself; the PIN goes by the environment. */
  async openScTakes(pin: 'sign' | 'auth', value: string): Promise<boolean> {
    const token = { sign: 'JPKI (Digital Signature PIN)', auth: 'JPKI (User Authentication PIN)' }[pin]
    const env = { ...process.env, ...this.#pcscd.env, NEW_PIN: value }
    const args = ['--token-label', token, '--login', '--pin', 'env:NEW_PIN', '--list-objects', '--type', 'privkey']
    const said = await promisify(execFile)('pkcs11-tool', args, { env }).catch((error: { stdout: string }) => error)
    return /Private Key Object; RSA/.test(said.stdout)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close()
    await this.#pcscd[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Our reading library, on a fork of a card that was lifted. Answers other than `verified`, by place. */
export async function libraryTakes(
  card: SimulatedCard,
  values: Partial<Record<Place, string>>,
): Promise<Record<string, string>> {
  const bay = new ReaderBay({ idlePowerMs: 0 })
  bay.plug('desk').insert(asVirtualCard(card.fork(), 'lifted'))
  const service = new MemoryReaderService(bay)
  const opened = await Card.open(service, 'desk')
  if (opened.kind !== 'ok') throw new Error(opened.kind)
  const refused: Record<string, string> = {}
  const asked = await opened.value.transaction(async (tx) => {
    for (const [place, value] of Object.entries(values)) {
      const { kind } = await VERIFY[place as Place](tx, new Secret(Buffer.from(value)))
      if (kind !== 'verified') refused[place] = kind
    }
  })
  await service.close()
  if (asked.kind !== 'ok') throw new Error(asked.kind)
  return refused
}

const VERIFY: Readonly<Record<Place, (tx: Transaction, pin: Secret) => Promise<Verified>>> = {
  sign: async (tx, pin) => (await JpkiSession.open(tx)).verifyPin('sign', pin),
  auth: async (tx, pin) => (await JpkiSession.open(tx)).verifyPin('auth', pin),
  text: async (tx, pin) => (await TextSession.open(tx)).verify('pin', pin),
  juki: async (tx, pin) => (await JukiSession.open(tx)).verifyPin(pin),
  common: async (tx, pin) => (await CommonSession.open(tx)).verifyPin(pin),
  'codeB in text': async (tx, pin) => (await TextSession.open(tx)).verify('codeB', pin),
  'codeB in visual': async (tx, pin) => (await VisualSession.open(tx)).verify('codeB', pin),
}
