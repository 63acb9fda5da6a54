/** A session of verbs with one security domain over one secure channel (GPCS 2.3.1). Every verb gives an `Outcome`. */

import { EMPTY } from '../../base/bytes.ts'
import type { Transmit } from '../../card/layers/layer.ts'
import { ISSUER_SECURITY_DOMAIN } from './aid.ts'
import type { CapFile } from './cap-file.ts'
import { type CardInfo, offersS16, readCardInfo } from './card-info.ts'
import { verifyReceipt } from './confirmation.ts'
import { type DeleteOptions, deleteKeys, deleteObject, deleteTokenInput } from './delete.ts'
import { type RegistryEntry, readRegistry } from './get-status.ts'
import { type GpCommand, perform } from './gp-command.ts'
import { attempt, GpError, type Outcome } from './gp-error.ts'
import {
  extradite,
  type InstallAnswer,
  type InstallRequest,
  type Instance,
  installCommands,
  installForPersonalization,
  installInstance,
  makeSelectable,
  type SignToken,
  tokenInput,
  updateRegistry,
} from './install.ts'
import type { KeySet } from './key-set.ts'
import type { CardState } from './life-cycle.ts'
import { type LoadOptions, loadPackage } from './load-package.ts'
import { encodePrivileges, type Privilege } from './privileges.ts'
import { type PublicKey, putAesKey, putKeySet, putPublicKey } from './put-key.ts'
import { type ChannelOptions, openSecureChannel, type SecureChannel } from './secure-channel.ts'
import { select } from './select.ts'
import { setApplicationLock, setCardState, setDomainLock } from './set-status.ts'
import { storeData } from './store-data.ts'

export interface CardManagerOptions extends ChannelOptions {
  /** The security domain to work with; the issuer's when left out. */
  readonly domain?: Uint8Array
  /** Signs tokens: needed where the domain has delegated management only. */
  readonly signToken?: SignToken
  /** Checks the receipts the card gives, where it gives any. */
  readonly receiptKey?: Uint8Array
}

export interface CardContent {
  readonly issuer: readonly RegistryEntry[]
  readonly applications: readonly RegistryEntry[]
  /** With their modules, where the card tells them. */
  readonly loadFiles: readonly RegistryEntry[]
}

export class CardManager {
  readonly channel: SecureChannel
  readonly #domain: Uint8Array
  readonly #signToken: SignToken | undefined
  readonly #receiptKey: Uint8Array | undefined

  private constructor(channel: SecureChannel, options: CardManagerOptions) {
    this.channel = channel
    this.#domain = options.domain ?? ISSUER_SECURITY_DOMAIN
    this.#signToken = options.signToken
    this.#receiptKey = options.receiptKey
  }

  /** Selects the domain and opens the channel; without `s16` the card is asked whether it wants 16-byte challenges. */
  static open(options: CardManagerOptions): Promise<Outcome<CardManager>> {
    return attempt(async () => {
      await perform(options.transmit, select(options.domain ?? ISSUER_SECURITY_DOMAIN))
      const s16 = options.s16 ?? (await offersS16(options.transmit))
      return new CardManager(await openSecureChannel({ ...options, s16 }), options)
    })
  }

  list(): Promise<Outcome<CardContent>> {
    return attempt(async () => ({
      issuer: await readRegistry(this.#transmit, 'ISSUER'),
      applications: await readRegistry(this.#transmit, 'APPLICATIONS'),
      loadFiles: await this.#loadFiles(),
    }))
  }

  info(): Promise<Outcome<CardInfo>> {
    return attempt(() => readCardInfo(this.#transmit))
  }

  /**
   * Loads a package. What a broken load left behind is deleted first, and what a refused one leaves behind afterwards,
   * so that the card holds the whole package or none. `alreadyLoaded` changes nothing.
   */
  load(cap: CapFile, options: LoadOptions = {}): Promise<Outcome<InstallAnswer>> {
    return attempt(async () => {
      const session = {
        transmit: this.#transmit,
        maxData: this.channel.maxData,
        signsTokens: this.#signToken !== undefined,
        install: (request: InstallRequest) => this.#install(request),
      }
      const answer = await loadPackage(session, cap, options)
      return this.#receipted(answer, cap.package.aid, options.domain ?? this.#domain)
    })
  }

  install(instance: Instance, selectable = true): Promise<Outcome<InstallAnswer>> {
    return attempt(async () =>
      this.#receipted(await this.#install(installInstance(instance, selectable)), instance.loadFile, instance.aid),
    )
  }

  makeSelectable(aid: Uint8Array, privileges: readonly Privilege[] = []): Promise<Outcome<InstallAnswer>> {
    return attempt(() => this.#install(makeSelectable(aid, privileges)))
  }

  /** Gives an application or a package to another security domain. */
  extradite(aid: Uint8Array, toDomain: Uint8Array): Promise<Outcome<InstallAnswer>> {
    return attempt(async () =>
      this.#receipted(await this.#install(extradite(aid, toDomain)), this.#domain, aid, toDomain),
    )
  }

  updateRegistry(
    aid: Uint8Array,
    privileges: readonly Privilege[],
    domain?: Uint8Array,
  ): Promise<Outcome<InstallAnswer>> {
    return attempt(async () => {
      const answer = await this.#install(updateRegistry(aid, privileges, domain))
      return this.#receipted(answer, this.#domain, aid, domain ?? EMPTY, encodePrivileges(privileges), EMPTY)
    })
  }

  delete(aid: Uint8Array, { related = false }: Pick<DeleteOptions, 'related'> = {}): Promise<Outcome<InstallAnswer>> {
    return attempt(async () => {
      const token = await this.#signToken?.(deleteTokenInput(aid, related))
      return this.#receipted(await this.#send(deleteObject(aid, { related, ...(token && { token }) })), aid)
    })
  }

  /**
   * Puts a set of three keys. `replaces` 00 adds it – and takes the place of the factory set FF, which then is gone.
   * The channel stays open under the old keys; close it and open one with the new set to prove that it works.
   */
  putKeys(keys: KeySet, replaces = 0x00): Promise<Outcome<true>> {
    return attempt(() => this.#sendKey(putKeySet(this.channel.keys.dek, keys, replaces)))
  }

  /** One AES key, as for receipts (`KEY_VERSION.RECEIPT`). */
  putAesKey(version: number, key: Uint8Array, replaces = 0x00): Promise<Outcome<true>> {
    return attempt(() => this.#sendKey(putAesKey(this.channel.keys.dek, version, key, replaces)))
  }

  /** A public key for tokens (`KEY_VERSION.TOKEN`) or DAP (`KEY_VERSION.DAP`). */
  putPublicKey(version: number, key: PublicKey, replaces = 0x00): Promise<Outcome<true>> {
    return attempt(() => this.#sendKey(putPublicKey(version, key, replaces)))
  }

  deleteKeys(version: number): Promise<Outcome<true>> {
    return attempt(() => this.#send(deleteKeys(version)))
  }

  lock(aid: Uint8Array): Promise<Outcome<true>> {
    return attempt(() => this.#send(setApplicationLock(aid, true)))
  }

  unlock(aid: Uint8Array): Promise<Outcome<true>> {
    return attempt(() => this.#send(setApplicationLock(aid, false)))
  }

  /** A security domain and all that belongs to it. */
  lockDomain(aid: Uint8Array, locked: boolean): Promise<Outcome<true>> {
    return attempt(() => this.#send(setDomainLock(aid, locked)))
  }

  /** SECURED ↔ CARD_LOCKED is the card's lock; every other step is for ever (GPCS 5.1). */
  setCardState(state: CardState): Promise<Outcome<true>> {
    return attempt(() => this.#send(setCardState(state)))
  }

  /** STORE DATA for an application, by its domain's leave; without an AID for the domain itself. */
  personalise(blocks: readonly Uint8Array[], aid?: Uint8Array, structure?: number): Promise<Outcome<true>> {
    return attempt(async () => {
      if (aid) await this.#install(installForPersonalization(aid))
      for (const command of storeData(blocks, structure)) await this.#send(command)
      return true as const
    })
  }

  /** Ends the channel on this side and zeroes its session keys. */
  close(): void {
    this.channel.close()
  }

  readonly #transmit: Transmit = (apdu) => this.channel.transmit(apdu)

  #send<T>(command: GpCommand<T>): Promise<T> {
    return perform(this.#transmit, command)
  }

  async #sendKey(command: GpCommand<boolean>): Promise<true> {
    if (await this.#send(command)) return true
    throw new GpError({
      kind: 'untrusted',
      what: 'key check value',
      section: command.section,
      advice:
        'The card may hold a wrong key now: open a channel with the old set if it is still there, and put the set again.',
    })
  }

  async #install(request: InstallRequest): Promise<InstallAnswer> {
    const token = request.p1 === 0x20 ? undefined : await this.#signToken?.(tokenInput(request))
    let answer: InstallAnswer = {}
    for (const command of installCommands(request, token, this.channel.maxData)) answer = await this.#send(command)
    return answer
  }

  /** Scope 10 tells modules too; a card that does not know it is asked with 20. */
  async #loadFiles(): Promise<readonly RegistryEntry[]> {
    try {
      return await readRegistry(this.#transmit, 'LOAD_FILES_AND_MODULES')
    } catch (error) {
      if (error instanceof GpError && error.problem.kind === 'refused')
        return readRegistry(this.#transmit, 'LOAD_FILES')
      throw error
    }
  }

  #receipted(answer: InstallAnswer, ...fields: readonly Uint8Array[]): InstallAnswer {
    const { confirmation } = answer
    if (!confirmation || !this.#receiptKey || verifyReceipt(this.#receiptKey, confirmation, ...fields)) return answer
    throw new GpError({
      kind: 'untrusted',
      what: 'receipt',
      section: 'GPCS C.5',
      advice: 'The card may have done it all the same: list its content, and check the receipt key.',
    })
  }
}
