/** Keys in a hardware security module through PKCS#11 (v2.40): made in it, sensitive, never extractable; only signatures come out. */
import { createHash, randomBytes } from 'node:crypto'
import type { Module, Session, SessionObject, Slot } from 'graphene-pk11'
import { concat } from '../../base/bytes.ts'
import { ALGORITHMS, type AlgorithmName, rsaPublicKey } from '../../pki/algorithm.ts'
import { bitString, der, oid, sequence, TAG } from '../../pki/der.ts'
import { decode } from '../../pki/der-reader.ts'
import { OID } from '../../pki/oids.ts'
import { StoreRefused } from '../store/store.ts'
import { type KeyStore, type PrivateKeyRef, SigningUnavailable } from './key-store.ts'

export interface Pkcs11Options {
  /** The maker's library, for SoftHSM2 `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly library: string
  /** Label of the token. */
  readonly token: string
  readonly pin: string
  /** Sessions at most: as many signatures at once. */
  readonly sessions?: number
}

type Graphene = typeof import('graphene-pk11')

/** Opens the token and logs in. Throws `StoreRefused` in one sentence when that cannot be done. */
export async function pkcs11Keys(options: Pkcs11Options): Promise<KeyStore> {
  const graphene = await load()
  let module: Module
  try {
    module = graphene.Module.load(options.library)
    // Several sessions on several threads: without native locking the library would crash the process.
    module.initialize({ flags: CKF_OS_LOCKING_OK })
  } catch {
    throw new StoreRefused(`The PKCS#11 library ${options.library} cannot be loaded.`)
  }
  const pool = sessionPool(graphene, module, options)
  try {
    await pool.use(async () => {})
  } catch {
    module.finalize()
    throw new StoreRefused(`The token ${options.token} does not open: it is missing, or the PIN is wrong.`)
  }
  return {
    generate: (algorithm) => pool.use((session) => generate(graphene, session, algorithm)),
    sign: (key, bytes) => pool.use((session) => sign(graphene, session, key, bytes)),
    async close() {
      pool.close()
      module.finalize()
    },
  }
}

/** CKF_OS_LOCKING_OK (PKCS#11 v2.40, 5.4). */
const CKF_OS_LOCKING_OK = 2

async function load(): Promise<Graphene> {
  try {
    return (await import('graphene-pk11')).default
  } catch {
    throw new StoreRefused('Keys in an HSM need the optional package graphene-pk11 and its native binding.')
  }
}

interface SessionPool {
  /** Work in a session of its own. Whatever the token says no to is `SigningUnavailable`; the session is then not used again. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>
  close(): void
}

function sessionPool(
  { SessionFlag }: Graphene,
  module: Module,
  { token, pin, sessions = 8 }: Pkcs11Options,
): SessionPool {
  const free: Session[] = []
  const waiting: (() => void)[] = []
  let open = 0
  /** The token said no to something: it may have been away, and some libraries forget a token that was. */
  let doubtful = false

  function begin(): Session {
    if (doubtful && open === 1) {
      module.finalize()
      module.initialize({ flags: CKF_OS_LOCKING_OK })
      doubtful = false
    }
    const session = slotOf(module, token).open(SessionFlag.SERIAL_SESSION | SessionFlag.RW_SESSION)
    try {
      session.login(pin)
    } catch (error) {
      // One login counts for all sessions of the process.
      if (!/USER_ALREADY_LOGGED_IN/.test(String(error))) {
        session.close()
        throw error
      }
    }
    return session
  }

  return {
    async use(work) {
      while (open >= sessions && free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      let session = free.pop()
      if (session === undefined) open++
      try {
        session ??= begin()
        const value = await work(session)
        free.push(session)
        return value
      } catch (error) {
        open--
        doubtful = true
        quietly(() => session?.close())
        // Its neighbours stand on the same token; they are opened anew when it is back.
        for (const other of free.splice(0)) {
          open--
          quietly(() => other.close())
        }
        throw new SigningUnavailable('the token does not answer', { cause: error })
      } finally {
        waiting.shift()?.()
      }
    },
    close() {
      for (const session of free.splice(0)) quietly(() => session.close())
    },
  }
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // It is gone already, which is what was wanted.
  }
}

function slotOf(module: Module, label: string): Slot {
  const slots = module.getSlots(true)
  for (let i = 0; i < slots.length; i++) {
    const slot = slots.items(i)
    if (slot.getToken().label.trim() === label) return slot
  }
  throw new Error(`pkcs11: no token ${label}`)
}

async function generate(
  { KeyGenMechanism }: Graphene,
  session: Session,
  algorithm: AlgorithmName,
): Promise<PrivateKeyRef> {
  const id = randomBytes(16)
  const label = `madoguchi ${algorithm}`
  const mine = { id, label, token: true, private: true, sensitive: true, extractable: false, sign: true }
  const open = { id, label, token: true, verify: true }
  const rsa = algorithm === 'rsa2048-sha256'
  const pair = rsa
    ? session.generateKeyPair(
        KeyGenMechanism.RSA,
        { ...open, modulusBits: 2048, publicExponent: Buffer.from([1, 0, 1]) },
        mine,
      )
    : session.generateKeyPair(KeyGenMechanism.EC, { ...open, paramsEC: Buffer.from(oid(OID.p384)) }, mine)
  const spki = rsa ? rsaSpki(pair.publicKey) : ecSpki(pair.publicKey)
  return { id: id.toString('hex'), algorithm, publicKey: spki }
}

function rsaSpki(key: SessionObject): Uint8Array {
  const { modulus, publicExponent } = key.getAttribute({ modulus: null, publicExponent: null })
  if (!modulus || !publicExponent) throw new Error('pkcs11: the new key does not tell its modulus')
  return rsaPublicKey(Uint8Array.from(modulus), Uint8Array.from(publicExponent))
}

function ecSpki(key: SessionObject): Uint8Array {
  const { pointEC } = key.getAttribute({ pointEC: null })
  const point = decode(Uint8Array.from(pointEC ?? []), (cursor) => cursor.octetString('EC point'))
  if (!point.ok) throw point.error
  return sequence(ALGORITHMS['p384-sha384'].key, bitString(point.value))
}

async function sign(
  { ObjectClass }: Graphene,
  session: Session,
  key: PrivateKeyRef,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const found = session.find({ class: ObjectClass.PRIVATE_KEY, id: Buffer.from(key.id, 'hex') })
  if (found.length !== 1) throw new Error('pkcs11: the token does not hold this key')
  const rsa = key.algorithm === 'rsa2048-sha256'
  // The token hashes for RSA; for ECDSA not every token can, so the hash is made here.
  const input = rsa ? Buffer.from(bytes) : createHash('sha384').update(bytes).digest()
  const operation = session.createSign(rsa ? 'SHA256_RSA_PKCS' : 'ECDSA', found.items(0).toType())
  const signature = await new Promise<Uint8Array>((resolve, reject) =>
    operation.once(input, (error: Error | null, data) =>
      error === null ? resolve(Uint8Array.from(data)) : reject(error),
    ),
  )
  return rsa ? signature : ecdsaSigValue(signature)
}

/** `r ‖ s` of the token as ECDSA-Sig-Value (RFC 3279, 2.2.3). */
function ecdsaSigValue(octets: Uint8Array): Uint8Array {
  const half = octets.length / 2
  const number = (bytes: Uint8Array) => {
    const start = bytes.findIndex((byte) => byte !== 0)
    const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start)
    return der(TAG.INTEGER, (digits[0] as number) >= 0x80 ? concat(Uint8Array.of(0), digits) : digits)
  }
  return sequence(number(octets.subarray(0, half)), number(octets.subarray(half)))
}
