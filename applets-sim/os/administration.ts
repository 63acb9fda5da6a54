/**
 * The issuer's writes to a file-system application, guarded by the same access conditions as every command: operation ×
 * issuer. Whoever calls these has opened the issuer's secure channel. Each one is a single transaction and answers with a
 * status word; which command carries them is not public (facts 3.4, 11) and decided in docs/decisions (0008, 0081).
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { SW } from '../../src/card/status-word.ts'
import { ISSUER, type LifeCycle, lifeCycleOf, type Operation } from './access.ts'
import type { ChipServices } from './application.ts'
import { recordName } from './commands/read-record.ts'
import type { CardObject, CompiledLayout, ObjectKind } from './layout.ts'
import { blockPin, pinFault, setPin } from './pin.ts'
import { rsaPrivateKey } from './private-key.ts'

export interface Administered {
  readonly services: Pick<ChipServices, 'memory' | 'keys'>
  readonly application: CompiledLayout
}

/** GlobalPlatform 2.3.1, 5.3: the life-cycle byte of a cell `.life`. */
const LIFE_BYTE: Readonly<Record<LifeCycle, number>> = { selectable: 0x07, personalised: 0x0f, locked: 0x8f }

const lifeOf = ({ services, application }: Administered): LifeCycle =>
  lifeCycleOf(services.memory.read(application.lifeCell)?.[0])

function guarded(
  target: Administered,
  fid: number,
  operation: Operation,
  kinds: readonly ObjectKind[],
  work: (object: CardObject) => number,
): number {
  const object = target.application.objects[fid]
  if (object === undefined) return SW.NOT_FOUND
  if ((object.conditions[lifeOf(target)][operation] & ISSUER) === 0) return SW.SECURITY_STATUS
  if (!kinds.includes(object.kind)) return SW.FILE_STRUCTURE
  return target.services.memory.transaction(() => work(object))
}

/** The whole content of a transparent EF; `undefined` takes the EF off the card. */
export const writeFile = (target: Administered, fid: number, content: Uint8Array | undefined): number =>
  guarded(target, fid, 'write', ['file'], ({ cell }) => {
    target.services.memory.write(cell, content)
    return SW.OK
  })

/** One record, number 1–254, as a whole simple TLV. */
export const writeRecord = (target: Administered, fid: number, number: number, record: Uint8Array): number =>
  guarded(target, fid, 'write', ['records'], ({ cell }) => {
    if (number < 1 || number > 0xfe) return SW.WRONG_P1P2
    target.services.memory.write(`${cell}/${recordName(number)}`, record)
    return SW.OK
  })

/** First value, or a new one in place of one forgotten: with all tries. */
export const resetPin = (target: Administered, fid: number, value: Uint8Array): number =>
  guarded(target, fid, 'setPin', ['pin'], (pin) => {
    const fault = pinFault(pin, value)
    if (fault !== undefined) return fault === 'length' ? SW.WRONG_LENGTH : SW.WRONG_DATA
    setPin(target.services.memory, pin, value)
    return SW.OK
  })

/** No tries left, as a 顔認証マイナンバーカード has it (facts 7.6). */
export const disablePin = (target: Administered, fid: number): number =>
  guarded(target, fid, 'setPin', ['pin'], (pin) => {
    blockPin(target.services.memory, pin)
    return SW.OK
  })

/** A private key in PKCS #8; `undefined` destroys the key that is there. */
export const putKey = (target: Administered, fid: number, pkcs8: Uint8Array | undefined): number =>
  guarded(target, fid, 'putKey', ['key', 'file'], ({ keyCell }) => {
    if (pkcs8 !== undefined && rsaPrivateKey(pkcs8) === undefined) return SW.WRONG_DATA
    target.services.memory.write(keyCell, pkcs8)
    return SW.OK
  })

/** A fresh RSA-2048 pair; the private half never leaves the card. Returns the public key (SubjectPublicKeyInfo) or a status word. */
export function generateKey(target: Administered, fid: number): Uint8Array | number {
  let publicKey: Uint8Array | undefined
  const sw = guarded(target, fid, 'generateKey', ['key'], ({ keyCell }) => {
    const pkcs8 = target.services.keys.rsa(2048)
    target.services.memory.write(keyCell, pkcs8)
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' })
    return SW.OK
  })
  return publicKey ?? sw
}

/** Moves the application to another state of life. A locked application has given up nothing and can be unlocked. */
export function setLifeCycle({ services, application }: Administered, life: LifeCycle): number {
  services.memory.write(application.lifeCell, Uint8Array.of(LIFE_BYTE[life]))
  return SW.OK
}
