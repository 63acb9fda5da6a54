/** What a 署名用 certificate says of its holder: otherName attributes (facts 5.4). */
import { sequence } from './der.ts'
import { type GeneralName, otherName } from './general-name.ts'
import { JPKI_PERSONAL_DATA } from './oids.ts'

/** All text; the formats are the authority's. */
export interface PersonalData {
  /** 氏名, family and given name separated by U+3000. */
  readonly name: string
  /** One `0` or `1` per character of the name: 1 where a substitute character (代替文字) stands. */
  readonly nameSubstitutes: string
  /** `1` male, `2` female, `9` other. */
  readonly sex: string
  /** Era digit (1 明治 … 5 令和, 0 unknown) and the Gregorian date YYYYMMDD. */
  readonly birth: string
  readonly address: string
  readonly addressSubstitutes: string
}

const ARC: Readonly<Record<keyof PersonalData, number>> = {
  name: 1,
  nameSubstitutes: 2,
  sex: 3,
  birth: 4,
  address: 5,
  addressSubstitutes: 6,
}

/** Order inside subjectAltName of a certificate modelled on a real one: 1, 4, 3, 5, 2, 6. */
const ORDER = ['name', 'birth', 'sex', 'address', 'nameSubstitutes', 'addressSubstitutes'] as const

/** subjectAltName value. */
export const personalDataValue = (data: PersonalData): Uint8Array =>
  sequence(...ORDER.map((field) => otherName(`${JPKI_PERSONAL_DATA}.${ARC[field]}`, data[field])))

/** The personal data in a subjectAltName; undefined when any of the six is missing. */
export function personalDataOf(subjectAltName: readonly GeneralName[] | undefined): PersonalData | undefined {
  const found: Partial<Record<keyof PersonalData, string>> = {}
  for (const field of ORDER) {
    const type = `${JPKI_PERSONAL_DATA}.${ARC[field]}`
    const entry = subjectAltName?.find((name) => name.kind === 'otherName' && name.type === type)
    if (entry?.kind !== 'otherName') return undefined
    found[field] = entry.value
  }
  return found as PersonalData
}

/** No character substituted: one `0` per character (code point). */
export const noSubstitutes = (text: string): string => '0'.repeat(Array.from(text).length)
