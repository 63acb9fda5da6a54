/** INSTALL in all its forms (GPCS 2.3.1, 11.5). */
import { concat, EMPTY, uint } from '../../base/bytes.ts'
import { tlv } from '../../base/tlv.ts'
import { berLv, lv } from './aid.ts'
import { type Confirmation, parseConfirmation } from './confirmation.ts'
import { type GpCommand, gpCommand } from './gp-command.ts'
import { encodePrivileges, type Privilege } from './privileges.ts'

/** P1 (table 11-42); bit 8 says that more INSTALL commands carry the rest of the data. */
export const INSTALL = {
  LOAD: 0x02,
  INSTALL: 0x04,
  MAKE_SELECTABLE: 0x08,
  INSTALL_AND_MAKE_SELECTABLE: 0x0c,
  EXTRADITION: 0x10,
  PERSONALIZATION: 0x20,
  REGISTRY_UPDATE: 0x40,
} as const
const MORE = 0x80

/** An INSTALL before it is cut into commands: `body` is everything but the token, which is signed over it (C.4). */
export interface InstallRequest {
  readonly name: string
  readonly p1: number
  readonly body: Uint8Array
}

export type InstallAnswer = { readonly confirmation?: Confirmation }

/** Makes the token over P1 P2 Lc body; from an HSM or a token server. Absent without delegated management. */
export type SignToken = (input: Uint8Array) => Uint8Array | Promise<Uint8Array>

export interface LoadFile {
  readonly aid: Uint8Array
  /** The domain it goes to; empty for the domain that is selected. */
  readonly domain?: Uint8Array
  /** Hash of the load file data block: needed with tokens and DAP. */
  readonly hash?: Uint8Array
  /** Bytes of code and data that the load needs, for the card's memory accounting (system parameter C6). */
  readonly codeSize?: number
}

export function installForLoad({ aid, domain = EMPTY, hash = EMPTY, codeSize }: LoadFile): InstallRequest {
  const parameters = codeSize === undefined ? EMPTY : tlv(0xef, tlv(0xc6, size(codeSize)))
  return request('load', INSTALL.LOAD, lv(aid), lv(domain), lv(hash), berLv(parameters))
}

export interface Instance {
  readonly loadFile: Uint8Array
  readonly module: Uint8Array
  readonly aid: Uint8Array
  readonly privileges?: readonly Privilege[]
  /** Application specific parameters: the value of tag C9. */
  readonly parameters?: Uint8Array
  /** Quotas the instance may not exceed, bytes (system parameters C7, C8). */
  readonly volatileQuota?: number
  readonly nonVolatileQuota?: number
}

/** Installs, and unless `selectable` is false makes selectable in the same command. */
export function installInstance(instance: Instance, selectable = true): InstallRequest {
  const { volatileQuota, nonVolatileQuota, parameters = EMPTY, privileges = [] } = instance
  const quotas = concat(
    volatileQuota === undefined ? EMPTY : tlv(0xc7, size(volatileQuota)),
    nonVolatileQuota === undefined ? EMPTY : tlv(0xc8, size(nonVolatileQuota)),
  )
  const system = quotas.length === 0 ? EMPTY : tlv(0xef, quotas)
  return request(
    selectable ? 'install and make selectable' : 'install',
    selectable ? INSTALL.INSTALL_AND_MAKE_SELECTABLE : INSTALL.INSTALL,
    lv(instance.loadFile),
    lv(instance.module),
    lv(instance.aid),
    lv(encodePrivileges(privileges)),
    berLv(concat(tlv(0xc9, parameters), system)),
  )
}

export const makeSelectable = (aid: Uint8Array, privileges: readonly Privilege[] = []): InstallRequest =>
  request(
    'make selectable',
    INSTALL.MAKE_SELECTABLE,
    lv(EMPTY),
    lv(EMPTY),
    lv(aid),
    lv(encodePrivileges(privileges)),
    berLv(EMPTY),
  )

/** Gives an application or load file to another security domain. */
export const extradite = (aid: Uint8Array, toDomain: Uint8Array): InstallRequest =>
  request('extradition', INSTALL.EXTRADITION, lv(toDomain), lv(EMPTY), lv(aid), lv(EMPTY), berLv(EMPTY))

/** New privileges, and unless `domain` is empty a new domain, for something already on the card. */
export const updateRegistry = (
  aid: Uint8Array,
  privileges: readonly Privilege[],
  domain: Uint8Array = EMPTY,
): InstallRequest =>
  request(
    'registry update',
    INSTALL.REGISTRY_UPDATE,
    lv(domain),
    lv(EMPTY),
    lv(aid),
    lv(encodePrivileges(privileges)),
    berLv(EMPTY),
  )

/** The STORE DATA commands that follow are for this application. */
export const installForPersonalization = (aid: Uint8Array): InstallRequest =>
  request('personalization', INSTALL.PERSONALIZATION, lv(EMPTY), lv(EMPTY), lv(aid), lv(EMPTY), berLv(EMPTY))

/** What a token signs: P1 ‖ P2 ‖ length ‖ everything up to the token's own length (C.4). */
export const tokenInput = ({ p1, body }: InstallRequest): Uint8Array =>
  concat(Uint8Array.of(p1, 0x00), lengthField(body.length), body)

/** The commands, none with more than `maxData` bytes of data; the answer of the last one counts. */
export function installCommands(
  { name, p1, body }: InstallRequest,
  token: Uint8Array = EMPTY,
  maxData = 255,
): readonly GpCommand<InstallAnswer>[] {
  const instruction = { name: `INSTALL [for ${name}]`, section: 'GPCS 11.5', ins: 0xe6, meanings: MEANINGS } as const
  const data = concat(body, berLv(token))
  const commands: GpCommand<InstallAnswer>[] = []
  for (let at = 0; at < data.length; at += maxData) {
    const more = at + maxData < data.length
    const part = data.subarray(at, at + maxData)
    commands.push(
      gpCommand(instruction, more ? p1 | MORE : p1, 0x00, { data: part, ne: 0x100 }, (answer) =>
        parseConfirmation(answer.data),
      ),
    )
  }
  return commands
}

const MEANINGS = [
  [0x6985, 'conditions of use not satisfied', 'The AID may be taken already, or the card or its domain is locked.'],
  [0x6a80, 'incorrect parameters', 'Check the AIDs, privileges and parameters; an AID may be on the card already.'],
  [0x6a88, 'referenced data not found', 'Load the package first, and check that it holds this module.'],
  [0x6982, 'not allowed in this domain', 'A token is missing or wrong, or the security level is too low.'],
] as const

const request = (name: string, p1: number, ...parts: readonly Uint8Array[]): InstallRequest => ({
  name,
  p1,
  body: concat(...parts),
})

/** Two bytes, four above 65535 (table 11-48). */
const size = (bytes: number): Uint8Array => (bytes > 0xffff ? uint(bytes, 4) : uint(bytes, 2))

const lengthField = (length: number): Uint8Array =>
  length > 0xff ? concat(uint(0, 1), uint(length, 2)) : uint(length, 1)
