/**
 * The seam between the chip's operating system and what runs on it. File-system applications, security domains and
 * loaded applets all have this one shape, so that a Java Card interpreter could stand behind it too.
 */
import type { Clock, RandomSource } from '../../src/base/clock.ts'
import type { Command } from '../../src/card/command.ts'
import type { ChipInterface } from '../../src/card/ports.ts'
import type { ChipBehaviour } from '../image.ts'
import type { PersistentMemory } from './memory.ts'

/** What the operating system lends an application. */
export interface ChipServices {
  readonly memory: PersistentMemory
  readonly random: RandomSource
  readonly clock: Clock
  readonly keys: KeySource
  readonly behaviour: ChipBehaviour
  /** Through which interface the chip is powered now. */
  readonly via: () => ChipInterface
}

/** On-card key generation, injected so that a card need not wait for RSA and a run can be repeated. */
export interface KeySource {
  /** A fresh RSA key pair as PKCS #8 DER. */
  rsa(bits: 1024 | 2048): Uint8Array
  /** A fresh EC key pair as PKCS #8 DER. */
  ec(curve: 'P-256' | 'P-384'): Uint8Array
}

/**
 * An application by its AID. Stateless: everything lasting is in the memory, everything volatile in the session.
 */
export interface CardApplication {
  readonly aid: Uint8Array
  /** First SELECT since power-up or since another application was current. Returns the session, or the status word that refuses. */
  open(services: ChipServices): ApplicationSession | number
}

/**
 * One application while it is current. The operating system keeps it across a warm reset and across SELECT of the same AID
 * (the measured card keeps its security status then, facts 1.9) and drops it when power goes or another AID is selected.
 */
export interface ApplicationSession {
  /** Answer to the SELECT by DF name that made or found this application current: data ‖ SW. */
  selected(command: Command): Uint8Array
  /** Every other command: response data ‖ SW. */
  process(command: Command): Uint8Array
  /** Warm reset: what does not survive it ends, for one a secure channel of GlobalPlatform. */
  reset?(): void
  /** Another application becomes current, or power goes: forget. No write may happen here. */
  closed?(): void
}

/** Which applications are on the card now, in the order in which SELECT meets them. The registry of GlobalPlatform implements it. */
export interface ApplicationDirectory {
  /** The application that is current after power-up: the card manager. */
  readonly initial: CardApplication
  /** The first application whose AID begins with `name`, after `after` when SELECT asks for the next occurrence. */
  find(name: Uint8Array, after?: CardApplication): CardApplication | undefined
}
