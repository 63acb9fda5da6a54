/** The key store in a PKCS#11 token (an HSM; SoftHSM2 in tests): keys are made there, sign there and never leave it. */
import { createHash, randomBytes } from 'node:crypto'
import type * as Graphene from 'graphene-pk11'
import { ALGORITHMS, type AlgorithmName, rsaPublicKey } from '../../pki/algorithm.ts'
import { bitString, integer, oid, sequence } from '../../pki/der.ts'
import { OID } from '../../pki/oids.ts'
import { HASH_OF, type KeyStore, type PrivateKeyRef, SigningUnavailable } from './key-store.ts'
import type { Token } from './pkcs11-token.ts'

/** A key's id here is its CKA_ID in hexadecimal. */
export function pkcs11Keys(token: Token): KeyStore {
  const { graphene } = token
  /** Handles of the keys found, for each session of the connection they were found on. */
  const found = new WeakMap<Graphene.Session, Map<string, Graphene.Key>>()

  function keyIn(session: Graphene.Session, id: string): Graphene.Key {
    const keys = found.get(session) ?? new Map<string, Graphene.Key>()
    found.set(session, keys)
    const known = keys.get(id)
    if (known !== undefined) return known
    const objects = session.find({ class: graphene.ObjectClass.PRIVATE_KEY, id: Buffer.from(id, 'hex') })
    if (objects.length !== 1) throw new SigningUnavailable('the token does not hold this key')
    const key = objects.items(0).toType<Graphene.Key>()
    keys.set(id, key)
    return key
  }

  return {
    async generate(algorithm) {
      const id = randomBytes(16)
      const publicKey = await token.use(async (session) => {
        const pair = await generatePair(graphene, session, algorithm, id)
        return publicKeyOf(algorithm, pair.publicKey)
      })
      return { id: id.toString('hex'), algorithm, publicKey }
    },
    sign: (key, bytes) => token.use(async (session) => signWith(graphene, session, keyIn(session, key.id), key, bytes)),
    close: () => token.close(),
  }
}

function generatePair(
  { KeyGenMechanism }: typeof Graphene,
  session: Graphene.Session,
  algorithm: AlgorithmName,
  id: Buffer,
): Promise<Graphene.IKeyPair> {
  const isRsa = algorithm === 'rsa2048-sha256'
  const kind = isRsa
    ? { modulusBits: 2048, publicExponent: Buffer.of(1, 0, 1) }
    : { paramsECDSA: Buffer.from(oid(OID.p384)) }
  const label = `madoguchi ${algorithm}`
  // The public half is in the database; a copy that ends with the session is enough.
  const publicHalf = { token: false, label, id, verify: true, ...kind }
  const privateHalf = { token: true, private: true, sensitive: true, extractable: false, sign: true, label, id }
  const mechanism = isRsa ? KeyGenMechanism.RSA : KeyGenMechanism.ECDSA
  return new Promise((resolve, reject) =>
    session.generateKeyPair(mechanism, publicHalf, privateHalf, (error, pair) =>
      error ? reject(error) : resolve(pair as Graphene.IKeyPair),
    ),
  )
}

function publicKeyOf(algorithm: AlgorithmName, key: Graphene.Key): Uint8Array {
  if (algorithm === 'rsa2048-sha256') {
    const { modulus, publicExponent } = key.getAttribute({ modulus: null, publicExponent: null })
    return rsaPublicKey(modulus as Buffer, publicExponent as Buffer)
  }
  // CKA_EC_POINT: the point in an OCTET STRING (PKCS#11 2.40, mechanisms, 2.3.3); below 128 bytes its header has two.
  const { pointEC } = key.getAttribute({ pointEC: null })
  return sequence(ALGORITHMS[algorithm].key, bitString((pointEC as Buffer).subarray(2)))
}

async function signWith(
  { MechanismEnum }: typeof Graphene,
  session: Graphene.Session,
  key: Graphene.Key,
  { algorithm }: PrivateKeyRef,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const once = (mechanism: Graphene.MechanismType, data: Uint8Array) =>
    new Promise<Uint8Array>((resolve, reject) =>
      session
        .createSign(mechanism, key)
        .once(Buffer.from(data), (error, signature) => (error ? reject(error) : resolve(Uint8Array.from(signature)))),
    )
  if (ALGORITHMS[algorithm].signatureForm === 'octets') return once(MechanismEnum.SHA256_RSA_PKCS, bytes)
  // Not every token hashes for ECDSA (SoftHSM2 does not), so the hash is made here.
  const signature = await once(MechanismEnum.ECDSA, createHash(HASH_OF[algorithm]).update(bytes).digest())
  const half = signature.length / 2
  const number = (octets: Uint8Array) => integer(BigInt(`0x${Buffer.from(octets).toString('hex')}`))
  return sequence(number(signature.subarray(0, half)), number(signature.subarray(half)))
}
