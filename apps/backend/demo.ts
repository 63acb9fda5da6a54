/** An invented town to try things with: specimen people, a card each, staff with staff cards, and a terminal of every role. */
import { createHash } from 'node:crypto'
import { pooledKeys } from '../../applets-sim/factory/key-source.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { applyForCard } from '../../src/backend/cards/cards.ts'
import type { Attributes } from '../../src/backend/cards/people.ts'
import { enrolOperator } from '../../src/backend/operators/operators.ts'
import { enrol } from '../../src/backend/terminals/terminals.ts'
import { setTown } from '../../src/backend/towns/gate.ts'
import { TERMINAL_ROLES } from '../../src/wire/backend-roles.ts'

const BY = { terminal: 'demo' }
const TOWN = '132217'
const OF_A_TOWN = new Set(['town', 'kiosk', 'deliverySite'])

/** Two of the staff, for a second look (F58). Their staff cards are specimens with these serials (`makeCardImage('resident', …)`), PIN 1234. */
export const DEMO_STAFF = [
  { operator: 'demo-staff-1', name: '窓口　一郎', cardSerial: '990000000000092' },
  { operator: 'demo-staff-2', name: '窓口　二葉', cardSerial: '990000000000093' },
] as const

/** F60's specimen, her twin by name and birthday (F58), a child. All invented. */
const PEOPLE: Readonly<Record<string, Attributes>> = {
  hanako: {
    ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', sex: '2', birth: '19890331', abroad: false },
    address: '東京都清瀬市中里５丁目８４２番地',
  },
  'hanako-2': {
    ...{ name: '番号　華子', kana: 'バンゴウ　ハナコ', sex: '2', birth: '19890331', abroad: false },
    address: '東京都清瀬市元町１丁目１番地',
  },
  jiro: {
    ...{ name: '番号　次郎', kana: 'バンゴウ　ジロウ', sex: '1', birth: '20170401', abroad: false },
    address: '東京都清瀬市中里５丁目８４２番地',
  },
}

/** The town, its terminals and its staff. Adds what is missing; leaves alone what is there. */
export async function prepareTown({ parts, operators }: Backend): Promise<void> {
  const { store } = parts
  await setTown(parts, TOWN, { checkSheet: true }, BY)
  for (const role of TERMINAL_ROLES) {
    const id = `demo-${role}`
    if ((await store.get('SELECT id FROM terminal WHERE id = ?', id)) !== undefined) continue
    const fingerprint = createHash('sha256').update(id).digest('hex').toUpperCase()
    await enrol(parts, { id, role, town: OF_A_TOWN.has(role) ? TOWN : '', fingerprint }, BY)
  }
  for (const { operator: id, name, cardSerial } of DEMO_STAFF) {
    if ((await store.get('SELECT id FROM operator WHERE id = ?', id)) !== undefined) continue
    const publicKey = pooledKeys('auth', cardSerial).spki
    const named = { actor: 'demo', key: `operator ${id}`, body: id }
    await enrolOperator(parts, operators, { id, name, town: TOWN, publicKey }, BY, named)
  }
}

/** The town, and people with a card each. */
export async function prepareDemo(backend: Backend): Promise<void> {
  await prepareTown(backend)
  const { parts, people } = backend
  const { store, clock } = parts
  for (const [id, attributes] of Object.entries(PEOPLE)) {
    if ((await store.get('SELECT id FROM person WHERE id = ?', id)) !== undefined) continue
    await store.transaction((tx) => people.add(tx, id, TOWN, attributes, clock.now()))
    const card = { serial: `card-${id}`, holder: id, expires: '20350331', faceAuth: false }
    await applyForCard(parts, people, card, BY, { actor: 'demo', key: `card ${id}`, body: id })
  }
}
