/** Card scripts (backend.md, limits): wrapping for a secure channel, and whole sessions with a simulated card. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cmac, encryptCbc } from '../../src/applications/globalplatform/aes.ts'
import { type SessionState, wrap } from '../../src/applications/globalplatform/scp03-session.ts'
import { command } from '../../src/card/command.ts'
import { scriptBackend } from '../backend/script-fixture.ts'
import type { BenchLine } from './bench-line.ts'
import { inTurns, PROCESSOR } from './in-turns.ts'
import { perSecond } from './per-second.ts'

/** Commands wrapped between two looks at the clock. */
const BURST = 500

export async function* bench(): AsyncGenerator<BenchLine> {
  const key = (first: number) => Uint8Array.from({ length: 16 }, (_, i) => first + i)
  let state: SessionState = {
    ...{ keys: { enc: key(1), mac: key(2), rmac: key(3) }, level: 0x33, macSize: 8, channel: 0 },
    ...{ chain: new Uint8Array(16), counter: 1 },
  }
  for (const [size, aim] of [
    [32, undefined],
    [200, { atLeast: 100_000 }],
  ] as const) {
    const plain = command(0x80, 0xe2, 0x88, 0x00, { data: new Uint8Array(size) })
    const wrapping = () => {
      for (let i = 0; i < BURST; i++) state = wrap(state, plain).next
    }
    // What SCP03 makes of it: the counter block, one CBC over the padded data, one CMAC over chain, header and ciphertext.
    const padded = new Uint8Array(size + 16 - (size % 16))
    const maced = new Uint8Array(16 + 5 + padded.length)
    const bare = () => {
      for (let i = 0; i < BURST; i++) {
        encryptCbc(state.keys.enc, encryptCbc(state.keys.enc, state.chain, state.chain), padded)
        cmac(state.keys.mac, maced)
      }
    }
    const { ours, ratio } = await inTurns(wrapping, bare, PROCESSOR)
    yield {
      ...{
        name: `SCP03: commands of ${size} bytes wrapped, level 33, one core by its processor time`,
        value: ours * BURST,
      },
      ...{ unit: 'commands/s', ...(aim === undefined ? { ratio, against: 'bare AES of the same bytes' } : { aim }) },
    }
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
