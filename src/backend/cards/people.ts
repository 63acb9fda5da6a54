/** The emulated resident registry: invented people only, sealed at rest, found by keyed hash (F58). */
import { createHmac, hkdfSync, type KeyObject } from 'node:crypto'
import { fromUtf8, utf8 } from '../../base/bytes.ts'
import type { CalendarDate } from '../../pki/validity.ts'
import { type Sealer, sealer } from '../keys/seal.ts'
import { Refusal } from '../refusal.ts'
import type { Queries, Reads, Row } from '../store/store.ts'

/** What the register says of a person. */
export interface Attributes {
  /** 氏名, and its reading in katakana or hiragana; family and given name separated by U+3000. */
  readonly name: string
  readonly kana: string
  /** `1` male, `2` female, `9` other. */
  readonly sex: '1' | '2' | '9'
  readonly birth: CalendarDate
  readonly address: string
  /** Moved out of Japan (国外転出): the address is then that remark (F07). */
  readonly abroad: boolean
}

export interface Person extends Attributes {
  readonly id: string
  /** Six-digit code of the register's municipality or ward. */
  readonly municipality: string
  readonly status: 'registered' | 'left'
  /** Counts changes of the register: a card set up for an earlier version is set up for somebody the register no longer knows. */
  readonly version: number
}

/** As people at a counter see it. */
export const shown = ({ version: _, ...person }: Person) => person

interface PersonRow extends Row {
  readonly id: string
  readonly municipality: string
  readonly sealed: Uint8Array
  readonly status: Person['status']
  readonly version: number
}

export interface People {
  /** Adds a person. */
  add(tx: Queries, id: string, municipality: string, attributes: Attributes, now: number): Promise<void>
  /** Throws `unknownHolder`. */
  get(store: Reads, id: string): Promise<Person>
  /** Replaces what the register says; by compare-and-set on the version. */
  change(tx: Queries, person: Person, change: Partial<Omit<Person, 'id' | 'version'>>, now: number): Promise<void>
  /** Everybody with this reading and date of birth: candidates, never an answer (F58). */
  candidates(store: Reads, kana: string, birth: CalendarDate): Promise<readonly Person[]>
}

export function people(master: KeyObject): People {
  const sealed: Sealer = sealer(master, 'personal data')
  const searchKey = Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), 'madoguchi person search', 32))
  const searchOf = (kana: string, birth: string) =>
    Uint8Array.from(
      createHmac('sha256', searchKey)
        .update(`${normalKana(kana)}\n${birth}`)
        .digest(),
    )
  const seal = (id: string, { name, kana, sex, birth, address, abroad }: Attributes) =>
    sealed.seal(utf8(JSON.stringify({ name, kana, sex, birth, address, abroad })), id)
  const opened = ({ sealed: bytes, ...row }: PersonRow): Person => ({
    ...(JSON.parse(fromUtf8(sealed.open(bytes, row.id))) as Attributes),
    id: row.id,
    municipality: row.municipality,
    status: row.status,
    version: row.version,
  })
  const columns = 'id, municipality, sealed, status, version'

  return {
    async add(tx, id, municipality, attributes, now) {
      await tx.run(
        "INSERT INTO person (id, municipality, sealed, search, status, version, at) VALUES (?, ?, ?, ?, 'registered', 1, ?)",
        id,
        municipality,
        seal(id, attributes),
        searchOf(attributes.kana, attributes.birth),
        now,
      )
    },
    async get(store, id) {
      const row = await store.get<PersonRow>(`SELECT ${columns} FROM person WHERE id = ?`, id)
      if (row === undefined) throw new Refusal('unknownHolder')
      return opened(row)
    },
    async change(tx, person, change, now) {
      const next = { ...person, ...change }
      const touched = await tx.run(
        'UPDATE person SET municipality = ?, sealed = ?, search = ?, status = ?, version = version + 1, at = ? WHERE id = ? AND version = ?',
        next.municipality,
        seal(person.id, next),
        searchOf(next.kana, next.birth),
        next.status,
        now,
        person.id,
        person.version,
      )
      if (touched === 0) throw new Error('people: a person changed inside the transaction that read it')
    },
    async candidates(store, kana, birth) {
      const rows = await store.all<PersonRow>(
        `SELECT ${columns} FROM person WHERE search = ? ORDER BY id`,
        searchOf(kana, birth),
      )
      return rows.map(opened)
    },
  }
}

/** Katakana and hiragana, wide and narrow, with any spaces: one key. */
export const normalKana = (kana: string): string =>
  kana
    .normalize('NFKC')
    .replace(/\s+/g, '')
    .replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
