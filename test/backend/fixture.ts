/** A backend on an empty database, cards' keys, and an order for 番号 花子. Time and chance belong to the test. */
import { createSecretKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DEFAULT_LIMITS, type LimitOptions } from '../../apps/backend/limits.ts'
import { type CeremonyFile, ceremonyFile, holdCeremony } from '../../src/backend/ca/ceremony.ts'
import { type Confirmed, confirm } from '../../src/backend/ca/confirm.ts'
import { issuingGuard } from '../../src/backend/ca/guard.ts'
import { type Issued, type IssueParts, issue } from '../../src/backend/ca/issue.ts'
import { loadIssuers } from '../../src/backend/ca/issuers.ts'
import type { CertificateKind } from '../../src/backend/ca/kinds.ts'
import type { Order } from '../../src/backend/ca/order.ts'
import { serialAllocator } from '../../src/backend/ca/serials.ts'
import { systemChance } from '../../src/backend/keys/chance.ts'
import type { KeyStore } from '../../src/backend/keys/key-store.ts'
import { sealer } from '../../src/backend/keys/seal.ts'
import { softwareKeys } from '../../src/backend/keys/software.ts'
import { MIGRATIONS } from '../../src/backend/schema.ts'
import { type CrashHook, neverCrash } from '../../src/backend/store/crash-point.ts'
import { migrate } from '../../src/backend/store/migrate.ts'
import { openStore, type StorePlace } from '../../src/backend/store/open.ts'
import { noSubstitutes } from '../../src/pki/personal-data.ts'

const hierarchy = ceremonyFile.parse(
  JSON.parse(readFileSync(new URL('../../apps/backend/ceremony.json', import.meta.url), 'utf8')),
)
/** The whole hierarchy, or the generation whose keys are quick to make. */
export const HIERARCHY: Readonly<Record<'both' | 'quick', CeremonyFile>> = {
  both: hierarchy,
  quick: { authorities: hierarchy.authorities.filter(({ algorithm }) => algorithm === 'p384-sha384') },
}

export const MASTER = createSecretKey(Buffer.alloc(32, 7))
/** Opens what lies sealed in the database. */
export const PERSONAL = { personal: sealer(MASTER, 'personal data') }
export const NOON = Date.parse('2026-11-02T03:00:00Z')

export class TestClock {
  at = NOON
  now(): number {
    return this.at
  }
}

export interface FixtureOptions {
  readonly hierarchy?: keyof typeof HIERARCHY
  readonly crash?: CrashHook
  /** Wraps the key store, to make it fail. */
  readonly keys?: (keys: KeyStore) => KeyStore
  /** Where the authorities' keys are made; the database when not told. */
  readonly ceremonyKeys?: KeyStore
}

export interface Fixture extends IssueParts {
  readonly clock: TestClock
}

export async function openFixture(place: StorePlace, options: FixtureOptions = {}): Promise<Fixture> {
  const store = openStore(place)
  const clock = new TestClock()
  await migrate(store, MIGRATIONS, clock.now())
  const software = softwareKeys(store, sealer(MASTER, 'authority keys'), clock)
  const keys = options.keys?.(software) ?? software
  const { crash = neverCrash } = options
  const context = { store, keys, ...PERSONAL, clock, random: systemChance(), crash, kiosksRest: true }
  await holdCeremony({ ...context, keys: options.ceremonyKeys ?? software }, HIERARCHY[options.hierarchy ?? 'quick'])
  return {
    ...context,
    issuers: await loadIssuers(store),
    guard: await issuingGuard(context),
    nextIndex: serialAllocator(store),
  }
}

/** A key as a card would make it. */
export interface CardKey {
  readonly publicKey: Uint8Array
  sign(bytes: Uint8Array): Uint8Array
}

export function cardKey(algorithm: 'rsa' | 'p384' = 'p384'): CardKey {
  const pair: { publicKey: KeyObject; privateKey: KeyObject } =
    algorithm === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' })
  return {
    publicKey: Uint8Array.from(pair.publicKey.export({ format: 'der', type: 'spki' })),
    sign: (bytes) => Uint8Array.from(sign(algorithm === 'rsa' ? 'sha256' : 'sha384', bytes, pair.privateKey)),
  }
}

const NAME = '番号　花子'
const ADDRESS = '東京都清瀬市中里５丁目８４２番地'

export function orderFor(kind: CertificateKind, key: CardKey, changes: Partial<Order> = {}): Order {
  return {
    kind,
    holder: 'hanako',
    card: kind.startsWith('phone') ? 'phone-1' : 'card-1',
    municipality: { code: '132217', prefecture: 'Tokyo-to', name: 'Kiyose-shi' },
    birth: '19890331',
    cardExpiry: '20350331',
    abroad: false,
    personalData: {
      name: NAME,
      nameSubstitutes: noSubstitutes(NAME),
      sex: '2',
      birth: '419890331',
      address: ADDRESS,
      addressSubstitutes: noSubstitutes(ADDRESS),
    },
    publicKey: key.publicKey,
    ...changes,
  }
}

export const TERMINAL = { terminal: 'terminal-1', operator: 'operator-1' }

export const issueFor = (parts: IssueParts, order: Order, key: string = crypto.randomUUID()): Promise<Issued> =>
  issue(parts, {
    order,
    by: TERMINAL,
    key,
    body: `issue ${order.kind} ${Buffer.from(order.publicKey).toString('hex')}`,
  })

export const confirmFor = (
  parts: IssueParts,
  issued: Issued,
  key: CardKey,
  id: string = crypto.randomUUID(),
): Promise<Confirmed> =>
  confirm(parts, {
    issuer: issued.issuer,
    serial: issued.serial,
    signature: key.sign(issued.challenge),
    readBack: issued.certificate,
    by: TERMINAL,
    key: id,
    body: `confirm ${issued.issuer} ${issued.serial}`,
  })

/** Issue and confirm in one go. */
export async function activate(parts: IssueParts, order: Order, key: CardKey): Promise<Issued> {
  const issued = await issueFor(parts, order)
  await confirmFor(parts, issued, key)
  return issued
}

/** For sweeps, where one person comes back hundreds of times in a second. */
export const NO_HURRY: LimitOptions = {
  ...DEFAULT_LIMITS,
  ...{ resets: { perSecond: 1e6, burst: 1e6 }, burst: 1e6, perSecond: 1e6 },
}
