/**
 * Who may do what to an object, as bits: an access condition is the set of proofs of which one suffices, the security
 * status is the set of proofs given so far, and an operation is allowed when the two meet. `FREE` is always given.
 * ISO/IEC 7816-4:2020, 9.3 in the any-of form that this card family uses (facts 2.2–2.8).
 */

export const OPERATIONS = [
  'read',
  'verify',
  'changeReferenceData',
  'changeKey',
  'sign',
  'internalAuthenticate',
  'setSessionKey',
  'setPublicKey',
  'externalAuthenticate',
  'write',
  'setPin',
  'putKey',
  'generateKey',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** Life of an application: made but without holder's data, in use, or locked (GlobalPlatform 2.3.1, 5.3: 07, 0F, bit 8). */
export const LIFE_CYCLES = ['selectable', 'personalised', 'locked'] as const
export type LifeCycle = (typeof LIFE_CYCLES)[number]

/** The life-cycle byte of a cell `.life`; an application without one is in use. */
export function lifeCycleOf(state: number | undefined): LifeCycle {
  if (state === undefined) return 'personalised'
  if ((state & 0x80) !== 0) return 'locked'
  return state === 0x0f ? 'personalised' : 'selectable'
}

/** A proof: nothing at all, the issuer's secure channel, 特定機関認証, or the PIN in this IEF. */
export type Proof = 'free' | 'issuer' | 'terminal' | number

export type Access = Readonly<Partial<Record<Operation, readonly Proof[]>>>

export const FREE = 1
export const ISSUER = 2
export const TERMINAL = 4
/** Bit of the first PIN of an application; the next PIN has the next bit. */
export const FIRST_PIN = 8

/**
 * What each state of life leaves of an object's access conditions. Before personalisation no credential of the holder
 * counts and no key of the holder works: only free reading, and the issuer. A locked application gives nothing.
 */
const LEAVES: Readonly<Record<LifeCycle, (operation: Operation) => number>> = {
  selectable: (operation) => (operation === 'read' ? FREE | ISSUER : ISSUER),
  personalised: () => -1,
  locked: () => 0,
}

export type Conditions = Readonly<Record<Operation, number>>

/** The access conditions of one object as bits, for every state of life. `pins` are the application's PIN files in order. */
export function conditionsOf(access: Access, pins: readonly number[]): Readonly<Record<LifeCycle, Conditions>> {
  const bit = (proof: Proof): number => {
    if (proof === 'free') return FREE
    if (proof === 'issuer') return ISSUER
    if (proof === 'terminal') return TERMINAL
    const index = pins.indexOf(proof)
    if (index < 0) throw new RangeError(`access: EF ${proof.toString(16)} is no PIN of this application`)
    return FIRST_PIN << index
  }
  const inState = (life: LifeCycle): Conditions => {
    const conditions = {} as Record<Operation, number>
    for (const operation of OPERATIONS) {
      const proofs = access[operation] ?? []
      conditions[operation] = proofs.reduce<number>((mask, proof) => mask | bit(proof), 0) & LEAVES[life](operation)
    }
    return conditions
  }
  return { selectable: inState('selectable'), personalised: inState('personalised'), locked: inState('locked') }
}
