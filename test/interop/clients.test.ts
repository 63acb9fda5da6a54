/**
 * Programs nobody here wrote use a simulated card, each through the PC/SC service and through pcscd + vpcd.
 * Specimen data: 番号 花子, auth PIN 1234, sign PIN ABC123 (F01, F02, F60).
 */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ProfileName } from '../../applets-sim/factory/profiles.ts'
import { type Bench, type Path, PKCS11_MODULE, throughPcscd, throughService } from './paths.ts'
import { RealPcscd } from './real-pcscd.ts'

const AUTH = { slot: '0', pin: '1234', id: '01' } as const
const SIGN = { slot: '1', pin: 'ABC123', id: '02' } as const

type Pkcs11 = { readonly slot: string; readonly pin: string }
const pkcs11 = (bench: Bench, { slot, pin }: Pkcs11, ...args: readonly string[]) =>
  bench.run('pkcs11-tool', '--module', PKCS11_MODULE, '--slot-index', slot, '--login', '--pin', pin, ...args)

async function ok(outcome: ReturnType<Bench['run']>): Promise<string> {
  const { code, out, err } = await outcome
  assert.equal(code, 0, `${out}\n${err}`)
  return out
}

/** Certificates by id as PEM files in the bench's folder, read with pkcs15-tool. */
async function readCertificates(bench: Bench): Promise<void> {
  const read = async (id: string, ...pin: readonly string[]) => {
    const pem = await ok(bench.run('pkcs15-tool', '--read-certificate', id, ...pin))
    await writeFile(join(bench.folder, `${id}.pem`), pem)
  }
  await read('01')
  await read('02', '--verify-pin', '--auth-id', '02', '--pin', SIGN.pin)
  await read('03')
  await read('04')
}

async function authTries(bench: Bench): Promise<string | undefined> {
  const pins = await ok(bench.run('pkcs15-tool', '--list-pins'))
  return /\[User Authentication PIN\].*?Tries left {5}: (\d)/s.exec(pins)?.[1]
}

function suite(path: () => Path): void {
  const card = (profile: ProfileName = 'resident') => path().lay(profile)

  test('opensc-tool: ATR, a command, the card is recognised', async () => {
    await using bench = await card()
    assert.match(await ok(bench.run('opensc-tool', '--list-readers')), new RegExp(`Yes +${bench.reader}`))
    assert.equal((await ok(bench.run('opensc-tool', '--atr'))).trim(), '3b:e0:00:ff:81:31:fe:45:14')
    assert.equal((await ok(bench.run('opensc-tool', '--name'))).trim(), 'jpki')
    const select = await ok(bench.run('opensc-tool', '-s', '00A4040C0AD392F000260100000001', '-s', '00200098'))
    assert.match(select, /SW1=0x90, SW2=0x00.*SW1=0x63, SW2=0xC3/s)
  })

  test('pkcs15-tool: two PINs with their tries, two keys, four certificates', async () => {
    await using bench = await card()
    const dump = await ok(bench.run('pkcs15-tool', '--dump'))
    assert.match(dump, /\[User Authentication PIN\].*?Tries left {5}: 3/s)
    assert.match(dump, /\[Digital Signature PIN\].*?Tries left {5}: 5/s)
    assert.equal(dump.match(/Private RSA Key \[/g)?.length, 2)
    assert.equal(dump.match(/X\.509 Certificate \[/g)?.length, 4)
  })

  test('pkcs11-tool signs with both keys; OpenSSL verifies the signatures and the chains', async () => {
    await using bench = await card()
    await readCertificates(bench)
    await writeFile(join(bench.folder, 'data'), '住民票の写し')
    for (const [key, ca] of [
      [AUTH, '03'],
      [SIGN, '04'],
    ] as const) {
      const { id } = key
      await ok(pkcs11(bench, key, '--sign', '--id', id, '-m', 'SHA256-RSA-PKCS', '-i', 'data', '-o', `${id}.sig`))
      assert.equal((await readFile(join(bench.folder, `${id}.sig`))).length, 256)
      await ok(bench.run('openssl', 'x509', '-in', `${id}.pem`, '-pubkey', '-noout', '-out', `${id}.pub`))
      const verify = ['dgst', '-sha256', '-verify', `${id}.pub`, '-signature', `${id}.sig`]
      assert.match(await ok(bench.run('openssl', ...verify, 'data')), /Verified OK/)
      assert.notEqual((await bench.run('openssl', ...verify, `${id}.pem`)).code, 0, 'another document does not verify')
      assert.match(await ok(bench.run('openssl', 'verify', '-CAfile', `${ca}.pem`, `${id}.pem`)), /: OK/)
      const other = ca === '03' ? '04' : '03'
      assert.notEqual((await bench.run('openssl', 'verify', '-CAfile', `${other}.pem`, `${id}.pem`)).code, 0)
    }
  })

  test('pkcs11-tool lists with and without login', async () => {
    await using bench = await card()
    const slots = await ok(bench.run('pkcs11-tool', '--module', PKCS11_MODULE, '--list-slots'))
    assert.match(slots, /JPKI \(User Authentication PIN\)/)
    assert.match(slots, /JPKI \(Digital Signature PIN\)/)
    const objects = await ok(pkcs11(bench, AUTH, '--list-objects'))
    assert.match(objects, /Private Key Object; RSA/)
    assert.match(await ok(pkcs11(bench, SIGN, '--list-objects')), /label: +Digital Signature Certificate/)
  })

  test('pkcs11-tool: a wrong PIN spends exactly one try, a right one gives them back', async () => {
    await using bench = await card()
    const wrong = await pkcs11(bench, { slot: '0', pin: '9999' }, '--list-objects')
    assert.notEqual(wrong.code, 0)
    assert.match(wrong.err, /CKR_PIN_INCORRECT/)
    assert.equal(await authTries(bench), '2')
    await ok(pkcs11(bench, AUTH, '--list-objects'))
    assert.equal(await authTries(bench), '3')
  })

  test('pkcs11-tool: the third wrong PIN blocks, and the right one no longer helps', async () => {
    await using bench = await card()
    for (const left of ['2', '1', '0']) {
      await pkcs11(bench, { slot: '0', pin: '9999' }, '--list-objects')
      assert.equal(await authTries(bench), left)
    }
    // The card answers 6984 (facts 9.4, 12), which OpenSC does not translate into "locked".
    assert.match((await pkcs11(bench, AUTH, '--list-objects')).err, /C_Login failed/)
    await ok(pkcs11(bench, SIGN, '--list-objects'))
  })

  test("a blocked card, and a child's card without a sign certificate", async () => {
    {
      await using blocked = await card('blocked')
      assert.match((await pkcs11(blocked, AUTH, '--list-objects')).err, /C_Login failed/)
      const slots = await ok(blocked.run('pkcs11-tool', '--module', PKCS11_MODULE, '--list-slots'))
      assert.match(slots, /user PIN locked/)
    }
    await using child = await card('child')
    await writeFile(join(child.folder, 'data'), 'x')
    await ok(pkcs11(child, AUTH, '--sign', '--id', '01', '-m', 'SHA256-RSA-PKCS', '-i', 'data', '-o', 'sig'))
    assert.notEqual((await pkcs11(child, SIGN, '--list-objects')).code, 0)
  })

  test('p11tool (GnuTLS) sees both tokens and exports the auth certificate', async () => {
    await using bench = await card()
    const tokens = await ok(bench.run('p11tool', '--provider', PKCS11_MODULE, '--list-tokens', '--batch'))
    assert.match(tokens, /JPKI \(User Authentication PIN\)/)
    const token = 'pkcs11:token=JPKI%20%28User%20Authentication%20PIN%29'
    const args = ['--provider', PKCS11_MODULE, '--batch', '--set-pin', AUTH.pin, '--login']
    const all = await ok(bench.run('p11tool', ...args, '--list-all', token))
    assert.match(all, /Type: Private key/)
    assert.match(all, /Type: X\.509 Certificate/)
    const pem = await ok(bench.run('p11tool', ...args, '--export', `${token};id=%01;type=cert`))
    assert.match(pem, /BEGIN CERTIFICATE/)
  })

  test('pyscard: selects, counts tries, signs a DigestInfo', async () => {
    await using bench = await card()
    const script = new URL('./pyscard-sign.py', import.meta.url).pathname
    const { tries, wrong, signature, atr } = JSON.parse(await ok(bench.run('python3', script, bench.reader)))
    assert.deepEqual({ tries, wrong, atr }, { tries: '63c3', wrong: '63c2', atr: '3be000ff8131fe4514' })
    await readCertificates(bench)
    await writeFile(join(bench.folder, 'sig'), Buffer.from(signature, 'hex'))
    await writeFile(join(bench.folder, 'data'), 'pyscard')
    await ok(bench.run('openssl', 'x509', '-in', '01.pem', '-pubkey', '-noout', '-out', '01.pub'))
    assert.match(
      await ok(bench.run('openssl', 'dgst', '-sha256', '-verify', '01.pub', '-signature', 'sig', 'data')),
      /Verified OK/,
    )
  })
}

describe('through the PC/SC service', () => suite(() => throughService))

describe('through pcscd and vpcd', () => {
  let pcscd: RealPcscd
  before(async () => {
    pcscd = await RealPcscd.start({ quickAck: true })
  })
  after(() => pcscd[Symbol.asyncDispose]())
  suite(() => throughPcscd(pcscd))
})
