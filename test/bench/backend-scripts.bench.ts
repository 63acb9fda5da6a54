/** Card scripts (backend.md, limits): wrapping for a secure channel, and whole sessions with a simulated card. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cmac, encryptBlock, encryptCbc } from '../../src/applications/globalplatform/aes.ts'
import { type SessionState, wrap } from '../../src/applications/globalplatform/scp03-session.ts'
import { command } from '../../src/card/command.ts'
import { scriptBackend } from '../backend/script-fixture.ts'
import type { BenchLine } from './bench-line.ts'
import { perSecond } from './per-second.ts'

/** Commands wrapped between two looks at the clock. */
const BURST = 500

export async function* bench(): AsyncGenerator<BenchLine> {
  const key = (first: number) => Uint8Array.from({ length: 16 }, (_, i) => first + i)
  let state: SessionState = {
    ...{ keys: { enc: key(1), mac: key(2), rmac: key(3) }, level: 0x33, macSize: 8, channel: 0 },
    ...{ chain: new Uint8Array(16), counter: 1 },
  }
  const plain = command(0x80, 0xe2, 0x88, 0x00, { data: new Uint8Array(32) })
  const wrapped = await perSecond(() => {
    for (let i = 0; i < BURST; i++) state = wrap(state, plain).next
  })
  // What SCP03 makes of it: the counter block, one CBC over the padded data, one CMAC over chain, header and ciphertext.
  const [padded, maced] = [new Uint8Array(48), new Uint8Array(69)]
  const bare = await perSecond(() => {
    for (let i = 0; i < BURST; i++) {
      encryptCbc(state.keys.enc, encryptBlock(state.keys.enc, state.chain), padded)
      cmac(state.keys.mac, maced)
    }
  })
  yield {
    ...{ name: 'SCP03: commands of 32 bytes wrapped, level 33', value: wrapped * BURST, unit: 'commands/s' },
    ...{ ratio: wrapped / bare, against: 'bare AES of the same bytes', aim: { atLeast: 100 / 160 } },
  }

  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-scripts-'))
  const backend = await scriptBackend({ folder })
  const at = await backend.cardOnReader()
  const ask = { procedure: 'pinReset', pin: 'auth' } as const
  const reset = await perSecond(() => backend.perform(at, ask, { auth: '1234' }))
  yield { name: 'PIN reset by script, one card after the other', value: reset, unit: 'sessions/s' }
  const renewed = await perSecond(() => backend.perform(at, { procedure: 'certificate', kind: 'auth' }))
  yield { name: 'renewal by script, the card making its RSA key on the same core', value: renewed, unit: 'sessions/s' }
  await backend.parts.store.close()
  rmSync(folder, { recursive: true, force: true })
}
