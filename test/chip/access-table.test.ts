/** Every object × operation × state of life × set of verified PINs, against a table written down independently. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import type { CardImage } from '../../applets-sim/image.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { hex } from '../../src/base/hex.ts'
import { AID, type ApplicationName, IMAGE, PINS, signCommand, TestCard } from './card.ts'
import { EXPECTED, type Expected, type ExpectedApplication, permits } from './expected-access.ts'
import { authenticateTerminal } from './terminal.ts'

type Verified = ReadonlySet<number | 'terminal'>
interface Operation {
  readonly name: string
  /** A command that must come before. */
  before?(sfi: number): string
  /** The command on this EF. */
  command(sfi: number, application: ExpectedApplication): string
  /** Status word when the operation is allowed, and the objects it is allowed on. */
  readonly done: RegExp
  expected(application: ExpectedApplication, sfi: number): Expected | undefined
}

const byte = (value: number): string => hex(Uint8Array.of(value))
const own = (sfis: readonly number[], sfi: number): Expected | undefined => (sfis.includes(sfi) ? [sfi] : undefined)
/** A value of the right format: the PIN's own. */
const pinData = (application: ExpectedApplication, sfi: number): string => {
  const value = Buffer.from(application.pins[sfi] ?? '1234')
  return byte(value.length) + hex(value)
}

const OPERATIONS: readonly Operation[] = [
  {
    name: 'READ BINARY',
    before: (sfi) => `00A4020C0200${byte(sfi)}`,
    command: () => '00B0000001',
    done: /^..9000$/,
    expected: ({ files }, sfi) => files[sfi],
  },
  {
    name: 'READ RECORD',
    command: (sfi) => `00B201${byte((sfi << 3) | 4)}00`,
    done: /9000$/,
    expected: ({ records }, sfi) => records[sfi],
  },
  {
    name: 'COMPUTE DIGITAL SIGNATURE',
    command: (sfi) => signCommand(2, 0x80 | sfi, '00'.repeat(32)),
    done: /9000$/,
    expected: ({ sign }, sfi) => sign[sfi],
  },
  {
    name: 'INTERNAL AUTHENTICATE',
    command: (sfi) => `008800${byte(0x80 | sfi)}010000`,
    done: /9000$/,
    expected: ({ authenticate }, sfi) => (authenticate.includes(sfi) ? ['free'] : undefined),
  },
  {
    name: 'CHANGE REFERENCE DATA',
    command: (sfi, application) => `002401${byte(0x80 | sfi)}${pinData(application, sfi)}`,
    done: /^9000$/,
    expected: ({ change24 }, sfi) => own(change24, sfi),
  },
  {
    name: 'CHANGE KEY',
    command: (sfi, application) => `803200${byte(0x80 | sfi)}${pinData(application, sfi)}`,
    done: /^9000$/,
    expected: ({ change32 }, sfi) => own(change32, sfi),
  },
  {
    name: 'VERIFY',
    command: (sfi, application) => `002000${byte(0x80 | sfi)}${pinData(application, sfi)}`,
    done: /^9000$/,
    expected: ({ pins }, sfi) => (sfi in pins ? ['free'] : undefined),
  },
]

const LIVES = { selectable: '07', personalised: '0F', locked: '8F' } as const
type Life = keyof typeof LIVES

/** Before personalisation nothing but free reading, in a locked application nothing. */
function allowed(operation: Operation, application: ExpectedApplication, sfi: number, life: Life, verified: Verified) {
  const expected = operation.expected(application, sfi)
  if (life === 'locked') return false
  if (life === 'selectable') return operation.name.startsWith('READ') && expected?.includes('free') === true
  return permits(expected, verified)
}

const subsets = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_, at) => (bits & (1 << at)) !== 0))

const applications = Object.entries(EXPECTED) as [Exclude<ApplicationName, 'isd'>, ExpectedApplication][]

/** The factory's card with the PINs and the terminals' authority that the tests know, and a licence. */
async function residentImage(): Promise<CardImage> {
  const { auth, sign, text, juki, a: codeA, b: codeB, birth } = PINS
  const { jpki = {}, licence = {} } = IMAGE.cells
  const made = await makeCardImage('resident', {
    pins: { auth, sign, text, juki, codeA, codeB, birth },
    cells: { jpki: { '0016.key': jpki['0016.key'] ?? null }, juki: { '0001': '00' } },
  })
  return { ...made, cells: { ...made.cells, licence } }
}

function powered(card: SimulatedCard): TestCard {
  card.powerOn('contact')
  return new TestCard(card)
}

for (const [imageName, image] of [
  ['hand-made', IMAGE],
  ['resident', await residentImage()],
] as const)
  describe(`access table, ${imageName} card`, () => {
    for (const [name, application] of applications)
      for (const life of Object.keys(LIVES) as Life[])
        test(`${name}, ${life}`, () => {
          const cells = { ...image.cells, [name]: { ...image.cells[name], '.life': LIVES[life] } }
          const stored = SimulatedCard.fromImage({ ...image, cells })
          const proofs = [
            ...Object.keys(application.pins).map(Number),
            ...(name === 'jpki' ? ['terminal' as const] : []),
          ]
          for (const set of life === 'personalised' ? subsets(proofs) : [[]])
            for (const operation of OPERATIONS)
              for (let sfi = 1; sfi <= 0x1e; sfi++) {
                const card = powered(stored.fork())
                card.select(name)
                for (const proof of set)
                  if (proof === 'terminal') assert.equal(authenticateTerminal(card), '9000')
                  else assert.equal(card.verify(proof, application.pins[proof] ?? ''), '9000')
                const before = card.card.memory.writes
                if (operation.before !== undefined) card.send(operation.before(sfi))
                const response = card.send(operation.command(sfi, application))
                const may = allowed(operation, application, sfi, life, new Set(set))
                const where = `${name} ${hex(Uint8Array.of(sfi))} ${operation.name} with [${set}]: ${response.slice(-4)}`
                assert.equal(operation.done.test(response), may, where)
                if (!may) assert.equal(response.length, 4, `${where}: a refusal carries no data`)
                if (!may) assert.equal(card.card.memory.writes, before, `${where}: a refusal writes nothing`)
              }
        })

    test('every object of the expectation is on the card, and nothing else', () => {
      for (const [name, { pins, files, records, sign, silent }] of applications) {
        const card = powered(SimulatedCard.fromImage(image))
        card.select(name)
        const known = new Set([
          ...[pins, files, records, sign].flatMap((group) => Object.keys(group).map(Number)),
          ...silent,
        ])
        for (let fid = 0; fid <= 0x40; fid++)
          assert.equal(card.sw(`00A4020C0200${byte(fid)}`), known.has(fid) ? '9000' : '6A82', `${AID[name]} ${fid}`)
      }
    })
  })
