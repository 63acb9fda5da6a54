/**
 * The seam behind which an installed application runs: today classes written in TypeScript, chosen by package and module AID;
 * a Java Card interpreter could stand here as well. An applet sees its own objects, its registry line and whether its
 * security domain's channel is open – nothing else of the card.
 */
import type { RandomSource } from '../../src/base/clock.ts'
import type { Command } from '../../src/card/command.ts'

/** Persistent objects of one instance, by name (`[a-z0-9-]`), in the chip's memory and counted against its quotas. */
export interface AppletObjects {
  read(name: string): Uint8Array | undefined
  /** Throws Refusal 6A84 when a quota would be passed. `undefined` erases. */
  write(name: string, value: Uint8Array | undefined): void
  /** Several writes or none. Installation and personalisation already run in one. */
  transaction<T>(work: () => T): T
}

export interface AppletHost {
  readonly aid: Uint8Array
  readonly objects: AppletObjects
  readonly random: RandomSource
  /** Is a secure channel of its security domain open with this application? */
  readonly secured: () => boolean
}

/** One applet while it is selected. All answers are data ‖ SW; a thrown Refusal is answered with its status word. */
export interface Applet {
  select(command: Command): Uint8Array
  /** Any command but SELECT, without the channel's protection. */
  process(command: Command): Uint8Array
}

export interface AppletClass {
  readonly package: Uint8Array
  readonly module: Uint8Array
  /** INSTALL [for install], with the application specific parameters (the value of C9). Throws Refusal. */
  install(host: AppletHost, parameters: Uint8Array): void
  /** Selected: everything volatile begins here. */
  open(host: AppletHost): Applet
  /** A STORE DATA forwarded after INSTALL [for personalization] (GPCS 2.3.1, 7.3.3). */
  personalise?(host: AppletHost, command: Command): Uint8Array
}
