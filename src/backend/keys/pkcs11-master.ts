/** The master key of cards in a PKCS#11 token: an AES key that computes CMACs there and cannot be taken out. */
import type * as Graphene from 'graphene-pk11'
import type { MasterCmac } from './card-keys.ts'
import type { Token } from './pkcs11-token.ts'

const ID = Buffer.from('madoguchi card master 1')

/** Makes the key in the token when there is none. Throws `SigningUnavailable`. */
export function pkcs11Master({ graphene, use }: Token): MasterCmac {
  const { ObjectClass, KeyGenMechanism, MechanismEnum } = graphene
  const found = new WeakMap<Graphene.Session, Graphene.Key>()

  function keyIn(session: Graphene.Session): Graphene.Key {
    const known = found.get(session)
    if (known !== undefined) return known
    const there = session.find({ class: ObjectClass.SECRET_KEY, id: ID })
    const key = there.length > 0 ? there.items(0).toType<Graphene.Key>() : generate(session)
    found.set(session, key)
    return key
  }

  const generate = (session: Graphene.Session): Graphene.Key =>
    session.generateKey(KeyGenMechanism.AES, {
      ...{ id: ID, label: 'madoguchi card master', valueLen: 16, token: true, private: true },
      ...{ sensitive: true, extractable: false, sign: true, verify: false, encrypt: false, decrypt: false },
    })

  return (message) =>
    use(async (session) =>
      Uint8Array.from(session.createSign(MechanismEnum.AES_CMAC, keyIn(session)).once(Buffer.from(message))),
    )
}
