/** Every write of every command that writes, cut at every place (issue: 100 % of the cut points). */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { STANDARD_APPLICATIONS } from '../../applets-sim/applications/standard-applications.ts'
import {
  disablePin,
  generateKey,
  putKey,
  resetPin,
  setLifeCycle,
  writeFile,
  writeRecord,
} from '../../applets-sim/os/administration.ts'
import { seededRandom } from '../../applets-sim/os/seeded-random.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { ascii } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { AID, type ApplicationName, IMAGE, PINS, signCommand } from '../chip/card.ts'
import { deliverKey, secureVerify } from '../chip/secure-terminal.ts'
import { counterNeverRises, nothingSecretReadable, pinStillWorks } from './file-system-invariants.ts'
import { type Cells, type Invariant, type Scenario, type Step, sweep, withCell } from './sweep.ts'

const freshKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'der', type: 'pkcs8' })
const keys = { rsa: () => freshKey, ec: () => freshKey }
const make = () => SimulatedCard.fromImage(IMAGE, { random: seededRandom('fault'), keys })

const byte = (value: number): string => hex(Uint8Array.of(value))
const send = (card: SimulatedCard, command: string): string => hex(card.transmit(fromHex(command)))
const select = (card: SimulatedCard, name: ApplicationName) =>
  send(card, `00A4040C${byte(AID[name].length / 2)}${AID[name]}`)
const verifyCommand = (sfi: number, value: string) =>
  `002000${byte(0x80 | sfi)}${byte(value.length)}${hex(ascii(value))}`

/** One APDU and the status word it must give when nothing disturbs it. */
const apdu = (name: string, command: string, sw: string, between?: Step['between']): Step => ({
  name,
  run: (card) => assert.equal(send(card, command).slice(-4), sw, name),
  ...(between !== undefined && { between }),
})

/** The one state between: a try spent, the comparison not yet answered. */
const trySpent =
  (application: string, fid: string): NonNullable<Step['between']> =>
  (before: Cells) => {
    const left = Number.parseInt(before[application]?.[`${fid}.tries`] ?? '0', 16)
    return [withCell(before, application, `${fid}.tries`, byte(left - 1))]
  }

const scenario = (
  name: string,
  application: ApplicationName,
  parts: Pick<Scenario, 'script'> & Partial<Scenario>,
): Scenario => ({
  name,
  make,
  prepare: (card) => {
    card.powerOn('contact')
    select(card, application)
  },
  invariants: [nothingSecretReadable],
  ...parts,
})

const application = (name: string) => {
  const found = STANDARD_APPLICATIONS.find(({ layout }) => layout.name === name)
  if (found === undefined) throw new RangeError(name)
  return found.compiled
}
const target = (card: SimulatedCard, name: string) => ({
  services: { memory: card.memory, keys },
  application: application(name),
})
const admin = (name: string, run: (card: SimulatedCard) => number | Uint8Array): Step => ({
  name,
  run: (card) => {
    const result = run(card)
    assert.ok(typeof result !== 'number' || result === 0x9000, `${name}: ${result}`)
  },
})

const still: readonly Invariant[] = [nothingSecretReadable, counterNeverRises({ mayRestore: [] })]
const authOld = apdu('VERIFY right', verifyCommand(0x18, PINS.auth), '9000', trySpent('jpki', '0018'))
const authWrong = (sw: string) => apdu('VERIFY wrong', verifyCommand(0x18, '9999'), sw, trySpent('jpki', '0018'))

const SCENARIOS: readonly (Scenario & { readonly cuts: number })[] = [
  {
    ...scenario('right PIN, all tries', 'jpki', {
      script: [authOld],
      invariants: [...still, pinStillWorks('jpki', 0x18, PINS.auth)],
    }),
    cuts: 6,
  },
  {
    ...scenario('wrong until blocked', 'jpki', {
      script: [
        authWrong('63C2'),
        authWrong('63C1'),
        authWrong('63C0'),
        apdu('VERIFY blocked', verifyCommand(0x18, PINS.auth), '6984'),
      ],
      invariants: [...still, pinStillWorks('jpki', 0x18, PINS.auth)],
    }),
    cuts: 9,
  },
  {
    ...scenario('wrong, then right', 'jpki', {
      script: [authWrong('63C2'), authOld],
      invariants: [
        nothingSecretReadable,
        counterNeverRises({ mayRestore: ['jpki/0018.tries'] }),
        pinStillWorks('jpki', 0x18, PINS.auth),
      ],
    }),
    cuts: 9,
  },
  {
    ...scenario('CHANGE REFERENCE DATA', 'jpki', {
      script: [authOld, apdu('CHANGE', '002401980435363738', '9000')],
      invariants: [...still, pinStillWorks('jpki', 0x18, PINS.auth, '5678')],
    }),
    cuts: 15,
  },
  {
    ...scenario('CHANGE KEY', 'common', {
      script: [
        apdu('VERIFY right', verifyCommand(0x1c, PINS.juki), '9000', trySpent('common', '001C')),
        apdu('CHANGE KEY', '8032009C0435363738', '9000'),
      ],
      invariants: [...still, pinStillWorks('common', 0x1c, PINS.juki, '5678')],
    }),
    cuts: 15,
  },
  {
    ...scenario('signing', 'jpki', {
      script: [
        authOld,
        apdu('SIGN', signCommand(5, 0x97, '00'.repeat(40)), '9000'),
        apdu('SELECT', '00A4020C02000A', '9000'),
      ],
      invariants: still,
    }),
    cuts: 6,
  },
  {
    ...scenario('secure messaging', 'text', {
      script: [
        apdu('VERIFY right', verifyCommand(0x11, PINS.text), '9000', trySpent('text', '0011')),
        {
          name: 'SET SESSION KEY and a wrong 照合番号A under it',
          run: (card) => {
            const session = deliverKey((command) => card.transmit(command))
            assert.equal(secureVerify(session, 0x14, '000000000000'), '63C9')
          },
        },
      ],
      invariants: [...still, pinStillWorks('text', 0x14, PINS.a)],
    }),
    cuts: 9,
  },
  {
    ...scenario('the issuer writes', 'jpki', {
      script: [
        admin('write file', (card) => writeFile(target(card, 'jpki'), 0x0a, new Uint8Array(1600))),
        admin('remove file', (card) => writeFile(target(card, 'jpki'), 0x01, undefined)),
        admin('write record', (card) => writeRecord(target(card, 'common'), 1, 1, new Uint8Array(30))),
        admin('generate key', (card) => generateKey(target(card, 'jpki'), 0x17)),
        admin('destroy key', (card) => putKey(target(card, 'jpki'), 0x1a, undefined)),
        admin('disable PIN', (card) => disablePin(target(card, 'jpki'), 0x18)),
        admin('reset PIN', (card) => resetPin(target(card, 'jpki'), 0x18, ascii('5678'))),
        admin('life cycle', (card) => setLifeCycle(target(card, 'jpki'), 'personalised')),
      ],
      invariants: [nothingSecretReadable, pinStillWorks('jpki', 0x18, PINS.auth, '5678')],
    }),
    cuts: 48,
  },
]

describe('power cuts in the file-system applications', () => {
  for (const { cuts, ...of } of SCENARIOS)
    test(`${of.name}: ${cuts} cuts`, () => {
      assert.equal(sweep(of), cuts)
    })

  test('after a cut the card is silent until it gets power again', () => {
    const card = make()
    card.powerOn('contact')
    select(card, 'jpki')
    card.memory.planCut({ write: card.memory.writes + 1, at: 'inside' })
    assert.throws(() => send(card, verifyCommand(0x18, PINS.auth)), { name: 'PowerLost' })
    assert.throws(() => send(card, '00B08A0004'), { name: 'PowerLost' })
    assert.throws(() => card.warmReset(), { name: 'PowerLost' })
    card.powerOn('contact')
    assert.equal(select(card, 'jpki'), '9000')
  })

  test('right and wrong PIN look alike until the try is written down', () => {
    for (const value of [PINS.auth, '9999']) {
      const card = make()
      card.powerOn('contact')
      select(card, 'jpki')
      card.memory.planCut({ write: card.memory.writes + 1, at: 'after' })
      assert.throws(() => send(card, verifyCommand(0x18, value)), { name: 'PowerLost' })
      card.powerOn('contact')
      select(card, 'jpki')
      assert.equal(send(card, '00200098'), '63C2')
    }
  })
})
