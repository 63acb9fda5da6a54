/**
 * A file-system application as data: its objects, and who may do what to each (facts 2.2–2.8). The layout decides what an
 * application is; whether a transparent or record EF exists on one card is decided by its cells.
 */
import { fromHex } from '../../src/base/hex.ts'
import { type Access, type Conditions, conditionsOf, FIRST_PIN, type LifeCycle, type Proof } from './access.ts'

export type ObjectKind = 'file' | 'records' | 'pin' | 'key' | 'certifier' | 'unknown'

/** Which values a PIN may be changed to; VERIFY compares bytes and knows no format. */
export interface PinFormat {
  readonly minLength: number
  readonly maxLength: number
  readonly content: RegExp
}

export interface ObjectLayout {
  readonly fid: number
  readonly kind: ObjectKind
  readonly title: string
  readonly access: Access
  readonly format?: PinFormat
  /** Try limit of a PIN whose cell gives none. */
  readonly tryLimit?: number
  /** Only SELECT reaches it. */
  readonly withoutShortId?: true
  /** Status word of a refused INTERNAL AUTHENTICATE; 6982 when absent (facts 3.6). */
  readonly internalAuthenticateRefusal?: number
}

export interface ApplicationLayout {
  /** Name of the application's group of cells in an image. */
  readonly name: string
  readonly title: string
  readonly aid: string
  readonly objects: readonly ObjectLayout[]
  /** Key of COMPUTE DIGITAL SIGNATURE with P2 = 00 (facts 3.5). */
  readonly defaultKey?: number
  /** What SET SESSION KEY does: a status word that refuses, or the EF whose key takes the delivery (facts 3.7). */
  readonly sessionKey: { readonly refusal: number } | { readonly deliveryKey: number }
  /** Data objects that GET DATA finds here, beside 5F51 (facts 1.7). */
  readonly dataObjects?: readonly number[]
}

const issuerOnly: readonly Proof[] = ['issuer']

export const file = (fid: number, title: string, ...read: readonly Proof[]): ObjectLayout => ({
  fid,
  kind: 'file',
  title,
  access: { read: [...read, 'issuer'], write: issuerOnly },
})

export const records = (fid: number, title: string, ...read: readonly Proof[]): ObjectLayout => ({
  ...file(fid, title, ...read),
  kind: 'records',
})

export interface PinLayout {
  readonly format: PinFormat
  readonly tryLimit: number
  /** The command by which somebody who knows the PIN may change it. */
  readonly changedBy?: 'changeReferenceData' | 'changeKey'
}

export const pin = (fid: number, title: string, { format, tryLimit, changedBy }: PinLayout): ObjectLayout => ({
  fid,
  kind: 'pin',
  title,
  format,
  tryLimit,
  access: { verify: ['free'], setPin: issuerOnly, ...(changedBy !== undefined && { [changedBy]: [fid] }) },
})

export const key = (
  fid: number,
  title: string,
  access: Access,
  internalAuthenticateRefusal?: number,
): ObjectLayout => ({
  fid,
  kind: 'key',
  title,
  access: { ...access, putKey: issuerOnly, generateKey: issuerOnly },
  ...(internalAuthenticateRefusal !== undefined && { internalAuthenticateRefusal }),
})

/** Selectable on the real card, purpose unknown: no operation is granted (facts 11.2). */
export const unknown = (fid: number): ObjectLayout => ({ fid, kind: 'unknown', title: '用途不明', access: {} })

export const digits = (length: number): PinFormat => ({
  minLength: length,
  maxLength: length,
  content: /^[0-9]*$/,
})

/** An object ready for work: names of its cells and its access conditions, computed once for all cards. */
export interface CardObject {
  readonly layout: ObjectLayout
  readonly fid: number
  readonly kind: ObjectKind
  readonly conditions: Readonly<Record<LifeCycle, Conditions>>
  /** Bit of a verified PIN in the security status; 0 for other objects. */
  readonly bit: number
  /** Cell of the content; a record EF has its records at `cell/01`, `cell/02`, … */
  readonly cell: string
  readonly pinCell: string
  readonly triesCell: string
  readonly limitCell: string
  readonly keyCell: string
}

export interface CompiledLayout {
  readonly layout: ApplicationLayout
  readonly aid: Uint8Array
  /** By EF identifier, which is also the short one: every EF id lies in 0001–001E (facts 1.5). */
  readonly objects: readonly (CardObject | undefined)[]
  readonly lifeCell: string
}

export const fidName = (fid: number): string => fid.toString(16).toUpperCase().padStart(4, '0')

export function compileLayout(layout: ApplicationLayout): CompiledLayout {
  const pins = layout.objects.filter(({ kind }) => kind === 'pin').map(({ fid }) => fid)
  const objects: (CardObject | undefined)[] = new Array(0x20).fill(undefined)
  for (const object of layout.objects) {
    const { fid, kind, access } = object
    if (fid < 1 || fid > 0x1e) throw new RangeError(`layout: EF ${fidName(fid)} lies outside 0001–001E`)
    if (objects[fid] !== undefined) throw new RangeError(`layout: EF ${fidName(fid)} is there twice`)
    const cell = `${layout.name}/${fidName(fid)}`
    objects[fid] = {
      layout: object,
      fid,
      kind,
      conditions: conditionsOf(access, pins),
      bit: kind === 'pin' ? FIRST_PIN << pins.indexOf(fid) : 0,
      cell,
      pinCell: `${cell}.pin`,
      triesCell: `${cell}.tries`,
      limitCell: `${cell}.limit`,
      keyCell: `${cell}.key`,
    }
  }
  return { layout, aid: fromHex(layout.aid), objects, lifeCell: `${layout.name}/.life` }
}
