/**
 * A small second chip, written from the facts and knowing only the hand-written access table: which status words a command
 * may get. It has no memory cells, no layouts and no cryptography.
 */
import { type ApplicationName, PINS } from './card.ts'
import { EXPECTED, type ExpectedApplication, permits } from './expected-access.ts'

type Application = Exclude<ApplicationName, 'isd'>

/** What is done to an object of the current application. */
export type ObjectAct =
  | { readonly kind: 'read'; readonly sfi: number }
  | { readonly kind: 'sign'; readonly sfi: number }
  | { readonly kind: 'authenticate'; readonly sfi: number }
  | { readonly kind: 'query'; readonly sfi: number }
  | { readonly kind: 'verify'; readonly sfi: number; readonly right: boolean }
  | { readonly kind: 'change'; readonly sfi: number; readonly command: '24' | '32' }

export type Act =
  | ObjectAct
  | { readonly kind: 'select'; readonly application: Application }
  | { readonly kind: 'warmReset' }
  | { readonly kind: 'powerCycle' }

const LIMIT: Readonly<Record<string, number>> = { 'jpki/27': 5, 'licence/6': 10 }
const limitOf = (application: Application, sfi: number): number =>
  LIMIT[`${application}/${sfi}`] ??
  (['visual', 'text'].includes(application) && sfi !== (application === 'text' ? 0x11 : 0) ? 10 : 3)

/** Second values of the PINs that can be changed; a change goes from one to the other and back. */
const OTHER: Readonly<Record<string, string>> = { [PINS.auth]: '8765', [PINS.sign]: 'XYZ789' }

export class Model {
  #application: Application | undefined
  #verified = new Set<number>()
  readonly #tries = new Map<string, number>()
  readonly #values = new Map<string, string>()

  get application(): Application | undefined {
    return this.#application
  }

  /** What the PIN is now. */
  value(application: Application, sfi: number): string {
    return this.#values.get(`${application}/${sfi}`) ?? EXPECTED[application].pins[sfi] ?? '0000'
  }

  otherValue(application: Application, sfi: number): string {
    const first = EXPECTED[application].pins[sfi] ?? '0000'
    return this.value(application, sfi) === first ? (OTHER[first] ?? '0000') : first
  }

  tries(application: Application, sfi: number): number {
    return this.#tries.get(`${application}/${sfi}`) ?? limitOf(application, sfi)
  }

  /** The status word this act must get, and its effect. `undefined`: no status word (power). */
  step(act: Act): number | undefined {
    if (act.kind === 'warmReset') return undefined
    if (act.kind === 'powerCycle') {
      this.#application = undefined
      this.#verified = new Set()
      return undefined
    }
    if (act.kind === 'select') {
      if (this.#application !== act.application) this.#verified = new Set()
      this.#application = act.application
      return 0x9000
    }
    return this.#application === undefined ? undefined : this.#inApplication(this.#application, act)
  }

  #inApplication(
    name: Application,
    act: Exclude<Act, { kind: 'select' | 'warmReset' | 'powerCycle' | 'cut' }>,
  ): number {
    const application = EXPECTED[name]
    const { sfi } = act
    if (act.kind === 'read') return this.#read(application, sfi)
    if (!isThere(application, sfi)) return 0x6a88
    if (act.kind === 'sign') {
      if (!(sfi in application.sign)) return 0x6981
      return permits(application.sign[sfi], this.#verified) ? 0x9000 : 0x6982
    }
    if (act.kind === 'authenticate') {
      if (!(sfi in application.sign)) return 0x6981
      if (application.authenticate.includes(sfi)) return 0x9000
      return name === 'visual' || name === 'text' ? 0x6985 : 0x6982
    }
    if (!(sfi in application.pins)) return name === 'text' && sfi === 0x12 ? this.#blocked(act.kind) : 0x6981
    if (act.kind === 'change') {
      const known = act.command === '24' ? application.change24 : application.change32
      if (!known.includes(sfi) || !this.#verified.has(sfi)) return 0x6982
      this.#values.set(`${name}/${sfi}`, this.otherValue(name, sfi))
      return 0x9000
    }
    const left = this.tries(name, sfi)
    if (act.kind === 'query') return 0x63c0 | left
    if (left === 0) return 0x6984
    this.#verified.delete(sfi)
    this.#tries.set(`${name}/${sfi}`, act.right ? limitOf(name, sfi) : left - 1)
    if (!act.right) return 0x63c0 | (left - 1)
    this.#verified.add(sfi)
    return 0x9000
  }

  #blocked(kind: 'query' | 'verify' | 'change'): number {
    return { query: 0x63c0, verify: 0x6984, change: 0x6982 }[kind]
  }

  #read(application: ExpectedApplication, sfi: number): number {
    if (!isThere(application, sfi)) return 0x6a82
    if (!(sfi in application.files)) return 0x6981
    return permits(application.files[sfi], this.#verified) ? 0x9000 : 0x6982
  }
}

/** Does a short EF identifier find it? */
const isThere = ({ pins, files, records, sign, silent, selectOnly }: ExpectedApplication, sfi: number): boolean =>
  !selectOnly.includes(sfi) && (sfi in pins || sfi in files || sfi in records || sfi in sign || silent.includes(sfi))
