/** Certificates, revocation lists and cards from the factory: the structures without database and network. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { testAuthority } from '../../applets-sim/factory/authority.ts'
import { HANAKO } from '../../applets-sim/factory/holder.ts'
import { pooledKeys } from '../../applets-sim/factory/key-source.ts'
import { makeCardImage } from '../../applets-sim/factory/profiles.ts'
import { assembleSigned, buildTbsCertificate, type CertificateFields } from '../../src/pki/certificate-build.ts'
import { parseCrl } from '../../src/pki/crl.ts'
import { buildCrl } from '../../src/pki/crl-build.ts'
import { authSubject, distributionPointOf } from '../../src/pki/jpki-names.ts'
import { CERTIFICATE_PROFILES } from '../../src/pki/profile.ts'
import type { BenchLine } from './bench-line.ts'

/** Milliseconds of one call, best of `times`: the machine is shared. */
async function best(times: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await work()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

/** The machine is shared: who is interrupted is chance. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const COUNT = 1_000_000

export async function* bench(): AsyncGenerator<BenchLine> {
  const authority = testAuthority('auth', 2)
  const key = pooledKeys('auth', '990000000000001')
  const certificate: CertificateFields = {
    profile: CERTIFICATE_PROFILES.auth,
    issuer: authority.issuer,
    serial: 0x02000001,
    subject: authSubject('0123456789ABCD', HANAKO.municipality.code),
    notBefore: 1.77e12,
    notAfter: 1.9e12,
    publicKey: key.spki,
    keyId: new Uint8Array(createHash('sha1').update(key.spki).digest()),
    distributionPoint: {
      name: distributionPointOf('auth', 'Tokyo-to', 'Kiyose-shi'),
      url: 'http://127.0.0.1:8460/crl/13221.crl',
    },
  }
  const tbs = buildTbsCertificate(certificate)
  const bare: number[] = []
  const issued: number[] = []
  for (let round = -300; round < 1500; round++) {
    const start = performance.now()
    authority.key.sign(tbs)
    const middle = performance.now()
    const bytes = buildTbsCertificate({ ...certificate, serial: 0x02000200 + round })
    assembleSigned(bytes, 'rsa2048-sha256', authority.key.sign(bytes))
    const end = performance.now()
    if (round < 0) continue
    bare.push(middle - start)
    issued.push(end - middle)
  }
  yield {
    name: 'certificates with RSA-2048, no database',
    value: 1000 / median(issued),
    unit: 'certificates/s',
    ratio: median(bare) / median(issued),
    against: 'bare sign',
    aim: { atLeast: 0.95 },
  }

  const columns = {
    count: COUNT,
    serials: Uint32Array.from({ length: COUNT }, (_, i) => 0x02000000 + 97 * i),
    times: Uint32Array.from({ length: COUNT }, (_, i) => 1_750_000_000 + ((i * 7919) % 30_000_000)),
    reasons: Uint8Array.from({ length: COUNT }, (_, i) => [0, 1, 3, 4, 5, 6][i % 6] as number),
  }
  const fields = { issuer: authority.issuer, thisUpdate: 1.78e12, nextUpdate: 1.79e12, number: 1, revoked: columns }
  const build = await best(7, () => buildCrl(fields, authority.key.sign))
  yield { name: 'CRL of 1 M entries: build and sign', value: build, unit: 'ms', aim: { atMost: 100 } }

  const crl = await buildCrl(fields, authority.key.sign)
  const publicKey = createPublicKey({ key: Buffer.from(authority.key.spki), format: 'der', type: 'spki' })
  const read = await best(7, () => {
    const parsed = parseCrl(crl)
    if (!parsed.ok) throw parsed.error
    const { tbs, signature, revoked } = parsed.value
    if (!verify('sha256', tbs, publicKey, signature) || revoked.find(0x02000000 + 97) === undefined)
      throw new Error('not ours')
  })
  yield { name: 'CRL of 1 M entries: parse, verify, index, find', value: read, unit: 'ms', aim: { atMost: 60 } }
  globalThis.gc?.()
  const before = process.memoryUsage()
  const kept = parseCrl(crl)
  const after = process.memoryUsage()
  const grown = (after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed) / 2 ** 20
  yield { name: `CRL of 1 M entries: memory of the index (${kept.ok})`, value: grown, unit: 'MiB', aim: { atMost: 60 } }

  let serial = 970_000_000_000_000
  const make = () => makeCardImage('resident', { serial: String(serial++) })
  for (let i = 0; i < 200; i++) await make()
  const card = await best(50, make)
  yield { name: 'card image from warm pools, pictures drawn before', value: card, unit: 'ms', aim: { atMost: 10 } }
}
