/** Person search that never picks by itself (F58): too little is refused, two hits need a second pair of eyes, every pick is audited. */
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { type Attributes, normalKana, type People, type Person } from './people.ts'

/** The four attributes (4情報): name, date of birth, sex, address. */
export type FourAttributes = Pick<Attributes, 'name' | 'birth' | 'sex' | 'address'>

export interface SearchQuery {
  readonly kana: string
  readonly birth: string
  /** At least one of these must be given. */
  readonly sex?: Attributes['sex']
  readonly address?: string
  readonly name?: string
}

export type SearchAnswer =
  | { readonly kind: 'nobody' }
  /** One hit: still to be picked by a person. */
  | { readonly kind: 'one'; readonly candidate: Person }
  /** Several: all four attributes are to be compared, by a second operator too. */
  | { readonly kind: 'secondLook'; readonly candidates: readonly Person[] }

/** Throws `searchTooWeak` for reading and date of birth alone. */
export async function searchPeople(
  context: Context,
  people: People,
  query: SearchQuery,
  by: Actor,
): Promise<SearchAnswer> {
  if (query.sex === undefined && query.address === undefined && query.name === undefined)
    throw new Refusal('searchTooWeak')
  const alike = await people.candidates(context.store, query.kana, query.birth)
  const fits = (person: Person) =>
    (query.sex === undefined || person.sex === query.sex) &&
    (query.address === undefined || normalText(person.address) === normalText(query.address)) &&
    (query.name === undefined || normalText(person.name) === normalText(query.name))
  const found = alike.filter(fits)
  const now = context.clock.now()
  await context.store.transaction((tx) =>
    record(
      tx,
      { ...by, procedure: 'person.searched', holder: '', object: 'registry', result: `${found.length} found` },
      now,
    ),
  )
  const [candidate] = found
  if (candidate === undefined) return { kind: 'nobody' }
  // Somebody else with the same reading and birthday is reason enough to look twice, however well the rest fits.
  return alike.length === 1 ? { kind: 'one', candidate } : { kind: 'secondLook', candidates: found }
}

export interface Pick4 {
  readonly holder: string
  /** As compared with the person's papers. */
  readonly compared: FourAttributes
  readonly by: Actor
  readonly secondOperator?: string
}

/** An operator picks a person: all four attributes must be the register's. Throws `pickMismatch`, `secondLookNeeded`. */
export async function pickPerson(context: Context, people: People, pick: Pick4): Promise<Person> {
  const { holder, compared, by, secondOperator } = pick
  const person = await people.get(context.store, holder)
  const alike = await people.candidates(context.store, person.kana, person.birth)
  const equalAttributes =
    normalText(compared.name) === normalText(person.name) &&
    compared.birth === person.birth &&
    compared.sex === person.sex &&
    normalText(compared.address) === normalText(person.address)
  const needsSecond = alike.length > 1 && (secondOperator === undefined || secondOperator === by.operator)
  const result = !equalAttributes
    ? 'mismatch'
    : needsSecond
      ? 'second look needed'
      : `picked${secondOperator === undefined ? '' : `, seen by ${secondOperator}`}`
  const now = context.clock.now()
  await context.store.transaction((tx) =>
    record(tx, { ...by, procedure: 'person.picked', holder, object: 'registry', result }, now),
  )
  if (!equalAttributes) throw new Refusal('pickMismatch')
  if (needsSecond) throw new Refusal('secondLookNeeded')
  return person
}

const normalText = (text: string): string => normalKana(text.normalize('NFKC'))
