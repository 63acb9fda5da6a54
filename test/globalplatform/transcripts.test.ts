/** The two public clients' ways of talking, replayed against the simulated chip (issue: Proof; facts: what they send). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { chipCard } from './chip-card.ts'
import { parseTranscript, replay } from './transcript.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, 'transcripts', `${name}.txt`), 'utf8')

for (const name of ['globalplatformpro', 'gpshell'])
  test(`${name}: every answer is the one the client goes on with`, async () => {
    const steps = parseTranscript(read(name))
    assert.ok(steps.length > 10)
    const chip = await chipCard()
    assert.equal(await replay(steps, chip), steps.length)
  })

test('a transcript with a mistake in it is refused with its line', () => {
  assert.throws(() => parseTranscript('# a\n> 00A40400\n> 00A40400\n'), /line 3: an answer is missing/)
  assert.throws(() => parseTranscript('> 00A4040005AA\n'), /line 1: .* is no command/)
  assert.throws(() => parseTranscript('< 9000\n'), /line 1/)
})

test('a replay stops at the first difference and names it', async () => {
  const card = { transmit: async () => Uint8Array.of(0x6a, 0x82), reset: () => {} }
  await assert.rejects(
    replay(parseTranscript('> 00A4040000\n< 6F*9000\n'), card),
    /line 1: 00A4040000 was answered 6A82/,
  )
})
