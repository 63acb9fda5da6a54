/** All 28 reference sequences of facts 9.4, through reader, transaction and layers, on every chip generation. */
import assert from 'node:assert/strict'
import { constants, createHash, createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import type { ChipGeneration } from '../../applets-sim/image.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { came, cellBytes, type LaidCard, layCard } from './laid-card.ts'
import { fill, MESSAGE, meets, SEQUENCES, type Sequence } from './sequence.ts'
import { withLicence } from './with-licence.ts'

const GENERATIONS: readonly ChipGeneration[] = ['E0', 'DA', 'C5']

test('the table is whole', () => {
  assert.deepEqual(
    SEQUENCES.map(({ row }) => row),
    Array.from({ length: 28 }, (_, i) => i + 1),
  )
})

for (const generation of GENERATIONS)
  for (const getResponse of [false, true])
    describe(`generation ${generation}${getResponse ? ', with 61xx and 6Cxx' : ''}`, () => {
      for (const sequence of SEQUENCES)
        test(`${sequence.row}: ${sequence.purpose}`, async () => {
          const laid = await layCard({ overrides: { chip: { generation, getResponse } }, image: withLicence })
          await play(laid, sequence)
        })
    })

async function play(laid: LaidCard, { steps }: Sequence): Promise<void> {
  for (const step of steps) {
    if (step === 'warm reset') {
      came(await laid.card.transaction(async () => {}, { disposition: 'reset' }))
      continue
    }
    const [command, expected] = step.map((text) => fill(text, laid.image)) as [string, string]
    const answer = hex(await laid.run((tx) => tx.raw('facts 9.4')(fromHex(command))))
    assert.ok(meets(expected, answer), `${command} → ${answer.slice(0, 40)}…${answer.slice(-4)}, expected ${expected}`)
    const key = /^<sig:(\w+)\/(.+)>$/.exec(step[1])
    if (key !== null) assert.ok(isSignature(laid, key[1] ?? '', key[2] ?? '', answer), step[1])
    if (step[1] === '<sig:pss>') assert.ok(isPss(laid, answer))
  }
}

const publicKey = (laid: LaidCard, application: string, cell: string) =>
  createPublicKey(
    createPrivateKey({ key: Buffer.from(cellBytes(laid.image, application, cell)), format: 'der', type: 'pkcs8' }),
  )

const isSignature = (laid: LaidCard, application: string, cell: string, answer: string): boolean =>
  verify('sha256', MESSAGE, publicKey(laid, application, cell), fromHex(answer.slice(0, -4)))

const isPss = (laid: LaidCard, answer: string): boolean =>
  verify(
    'sha256',
    createHash('sha256').update(MESSAGE).digest(),
    { key: publicKey(laid, 'text', '0013.key'), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    fromHex(answer.slice(0, -4)),
  )
