/** Issuing (backend.md, limits): what a certificate costs beside its bare signature, and its three durable steps. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isStrongModulus } from '../../src/backend/ca/key-strength.ts'
import { draft } from '../../src/backend/ca/reserve.ts'
import { rsaPublicKey } from '../../src/pki/algorithm.ts'
import { assembleSigned } from '../../src/pki/certificate-build.ts'
import { cardKey, confirmFor, issueFor, openFixture, orderFor } from '../backend/fixture.ts'
import type { BenchLine } from './bench-line.ts'
import { perSecond } from './per-second.ts'

export async function* bench(): AsyncGenerator<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'))
  const parts = await openFixture({ folder }, { hierarchy: 'both' })
  const issuer = parts.issuers.find(({ id }) => id === 'auth-1')
  if (issuer === undefined) throw new Error('bench: no authority')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const order = orderFor('auth', cardKey('rsa'))
  const bytes = new Uint8Array(1200)
  let index = 0

  const bare = await perSecond(() => sign('sha256', bytes, privateKey))
  const full = await perSecond(async () => {
    const { tbs } = await draft(parts, order, issuer, index++, parts.clock.now())
    return assembleSigned(tbs, 'rsa2048-sha256', sign('sha256', tbs, privateKey))
  })
  yield {
    ...{
      name: 'build, lint and sign a certificate, RSA-2048, one core, nothing stored',
      value: full,
      unit: 'certificates/s',
    },
    ...{ ratio: full / bare, against: 'bare RSA-2048 signatures', aim: { atLeast: 0.95 } },
  }

  const orders = Array.from({ length: 1000 }, (_, i) => ({ ...order, holder: `h${i}`, publicKey: publicKeyOfNobody() }))
  const issued = await all(orders, (one) => issueFor(parts, one))
  yield {
    ...{ name: 'issue: reserve durably, sign, store durably; two cores', value: issued, unit: 'certificates/s' },
    ...{ ratio: issued / bare, against: 'bare RSA-2048 signatures on one core' },
  }

  const cards = Array.from({ length: 100 }, () => cardKey('rsa'))
  const proven = await all(cards, async (card) => {
    const holder = `card ${index++}`
    await confirmFor(parts, await issueFor(parts, orderFor('auth', card, { holder })), card)
  })
  yield {
    ...{
      name: 'issue and confirm: three durable steps, two cores, the cards signing on them too',
      value: proven,
      unit: 'certificates/s',
    },
    ...{ ratio: proven / bare, against: 'bare RSA-2048 signatures on one core', aim: { atLeast: 5000 / 3430 } },
  }
  await parts.store.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Passes every check of a public key; nobody has the private one, and making 1,000 real ones takes a minute. */
function publicKeyOfNobody(): Uint8Array {
  for (;;) {
    const modulus = randomBytes(256)
    modulus[0] = (modulus[0] as number) | 0x80
    modulus[255] = (modulus[255] as number) | 1
    if (isStrongModulus(BigInt(`0x${modulus.toString('hex')}`)))
      return rsaPublicKey(Uint8Array.from(modulus), Uint8Array.of(1, 0, 1))
  }
}

/** Works through all with 64 at a time; how many a second. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number> {
  const queue = [...items]
  const start = performance.now()
  const worker = async () => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  return (items.length * 1000) / (performance.now() - start)
}
