/**
 * PUT KEY (GPCS 2.3.1, 11.8; GPC_SPE_014, 7.2): new keys or new values, the whole set in one write. The first key set of a
 * domain's own takes the place of the initial one with version FF.
 */
import { concat, equal } from '../../src/base/bytes.ts'
import type { Command } from '../../src/card/command.ts'
import { SW } from '../../src/card/status-word.ts'
import { answer } from '../os/answer.ts'
import { AesKey, BLOCK, keyCheckValue } from './aes.ts'
import type { DomainContext } from './domain-context.ts'
import { Fields } from './fields.ts'
import { type CardKey, KEY_TYPE, type KeyComponent, KVN } from './key-set.ts'
import { require } from './refusal.ts'
import { isSignatureKey } from './signature-key.ts'

/** Table 11-79. */
const ALGORITHM_NOT_SUPPORTED = 0x9484
const INVALID_KEY_CHECK_VALUE = 0x9485

const MULTIPLE = 0x80
const HIGHEST_VERSION = 0x7f

/** Key versions whose keys check signatures or make receipts: they are no channel keys. */
const SPECIAL: readonly number[] = [KVN.TOKEN, KVN.RECEIPT, KVN.DAP]

export function putKey(context: DomainContext, { p1, p2, data }: Command): Uint8Array {
  const { ring, content } = context
  const fields = new Fields(data)
  const version = fields.byte()
  require(version >= 1 && version <= HIGHEST_VERSION, SW.WRONG_DATA)
  const firstId = p2 & 0x7f
  const keys: CardKey[] = []
  const checks: Uint8Array[] = []
  do {
    const { key, check } = readKey(context, fields, firstId + keys.length)
    keys.push(key)
    checks.push(check)
  } while (fields.at < data.length && (p2 & MULTIPLE) !== 0)
  fields.end()
  require(firstId + keys.length <= 0x80 && firstId > 0, SW.WRONG_P1P2)
  const symmetric = keys.every(({ components }) => components[0]?.type === KEY_TYPE.AES)
  require(symmetric || SPECIAL.includes(version), SW.WRONG_DATA)

  const replaced = p1 === 0x00 ? version : p1
  const old = ring.keys(replaced)
  const others = (old ?? []).filter(({ id }) => !keys.some((key) => key.id === id))
  if (p1 === 0x00) require((old ?? []).length === others.length, SW.CONDITIONS_NOT_SATISFIED)
  else {
    require(old !== undefined && others.length === old.length - keys.length, SW.REFERENCE_NOT_FOUND)
    require(version === p1 || ring.keys(version) === undefined, SW.CONDITIONS_NOT_SATISFIED)
    if (version !== p1) ring.store(p1, others.length === 0 ? undefined : others)
  }
  ring.store(version, version === replaced ? [...others, ...keys] : keys)
  if (ring.forChannel(version) !== undefined && ring.keys(KVN.INITIAL) !== undefined) ring.store(KVN.INITIAL, undefined)
  content.account.verify()
  return answer(concat(Uint8Array.of(version), ...checks))
}

/** One key data field: components by type, then a key check value or none. */
function readKey(context: DomainContext, fields: Fields, id: number): { key: CardKey; check: Uint8Array } {
  const components: KeyComponent[] = []
  const type = fields.byte()
  if (type === KEY_TYPE.AES) {
    const value = decrypt(context, fields.field())
    const check = fields.field()
    const expected = keyCheckValue(new AesKey(value))
    require(check.length === 0 || equal(check, expected), INVALID_KEY_CHECK_VALUE)
    return { key: { id, components: [{ type, value }] }, check: check.length === 0 ? check : expected }
  }
  components.push({ type, value: fields.field().slice() })
  const second = SECOND[type]
  require(second !== undefined, ALGORITHM_NOT_SUPPORTED)
  require(fields.byte() === second, SW.WRONG_DATA)
  components.push({ type: second, value: fields.field().slice() })
  const check = fields.field()
  require(check.length === 0, SW.WRONG_DATA)
  const key: CardKey = { id, components }
  require(isSignatureKey(key), ALGORITHM_NOT_SUPPORTED)
  return { key, check }
}

/** A public key has two components, in this order. */
const SECOND: Readonly<Record<number, number>> = {
  [KEY_TYPE.RSA_MODULUS]: KEY_TYPE.RSA_EXPONENT,
  [KEY_TYPE.EC_PUBLIC]: KEY_TYPE.EC_PARAMETERS,
}

/**
 * Length of the key, then the key padded to a block and encrypted under the static DEK. Without the length (GPCS 2.3.1, 11.8.2.3
 * before amendment D; YubiKey Manager sends it so) the whole blocks are the key.
 */
function decrypt({ channel }: DomainContext, value: Uint8Array): Uint8Array {
  const bare = value.length % BLOCK === 0
  const length = bare ? value.length : value[0]
  require(length === 16 || length === 24 || length === 32, ALGORITHM_NOT_SUPPORTED)
  const encrypted = bare ? value : value.subarray(1)
  require(encrypted.length === Math.ceil(length / BLOCK) * BLOCK, SW.WRONG_DATA)
  return channel.decryptKey(encrypted).slice(0, length)
}
