/** An answer may come in the very tick in which its prompt ended: it is refused like any late one, and its PIN is wiped. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SecretGone } from '../../src/base/secret.ts'
import { KIOSK_PATIENCE } from '../../src/host/ports.ts'
import { PromptDesk, RESIDENT } from '../../src/host/prompt-desk.ts'
import { ChannelError } from '../../src/wire/frame.ts'
import type { View, ViewOf } from '../../src/wire/view.ts'

const QUESTION: ViewOf<'enterPin'> = { kind: 'enterPin', pin: 'auth', purpose: 'current', triesLeft: 3 }
const IDLE: View = { kind: 'idle', procedures: [] }

/** A PIN is being asked for; `expire` is the moment its time is over. */
function asking() {
  const waiting = new Set<() => void>()
  const timers = {
    after: (_: number, then: () => void) => {
      waiting.add(then)
      return () => waiting.delete(then)
    },
  }
  const desk = new PromptDesk(RESIDENT, { now: () => 0 }, timers, KIOSK_PATIENCE, IDLE)
  const stop = new AbortController()
  const asked = desk.askPin(QUESTION, stop.signal)
  asked.catch(() => {})
  const { prompt } = desk.screen
  const answer = (pin: Uint8Array) => desk.answer(prompt, { entered: true }, pin)
  return { desk, stop, asked, answer, expire: () => [...waiting].map((then) => then()) }
}

const typed = () => new TextEncoder().encode('1234')
const isLate = (error: unknown) => error instanceof ChannelError && error.code === 'stalePrompt'

const ENDS: Readonly<Record<string, (at: ReturnType<typeof asking>) => void>> = {
  'a stop': ({ desk }) => desk.stop('cancelled'),
  'an expiry': ({ expire }) => expire(),
  'another answer': ({ answer }) => answer(typed()),
}

for (const [what, end] of Object.entries(ENDS))
  test(`after ${what} in the same tick an answer is late, and its bytes are zero`, () => {
    const at = asking()
    const pin = typed()
    end(at)
    assert.throws(() => at.answer(pin), isLate)
    assert.deepEqual([...pin], [0, 0, 0, 0])
  })

test('an answer before a stop in the same tick counts; what the procedure gets of it is worth nothing any more', async () => {
  const { desk, stop, asked, answer } = asking()
  const pin = typed()
  answer(pin)
  stop.abort()
  desk.stop('cancelled')
  const secret = await asked
  assert.deepEqual([...pin], [0, 0, 0, 0])
  assert.ok(secret !== undefined)
  await assert.rejects(
    secret.use(async () => {}),
    SecretGone,
  )
})

test('a question asked in the tick in which the one before was stopped can be answered', async () => {
  const { desk, stop, asked } = asking()
  desk.stop('cancelled')
  const again = desk.askPin(QUESTION, stop.signal)
  await asked.catch(() => {})
  desk.answer(desk.screen.prompt, { entered: true }, typed())
  assert.equal((await again)?.state, 'fresh')
})
