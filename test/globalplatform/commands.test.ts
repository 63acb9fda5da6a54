/** Commands as the two public clients were seen to send them (facts: "Clients, and what they send"), and as GPCS gives them. */
import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { test } from 'node:test'
import { aid } from '../../src/applications/globalplatform/aid.ts'
import { deleteKeys, deleteObject, deleteTokenInput } from '../../src/applications/globalplatform/delete.ts'
import { getData, TAG } from '../../src/applications/globalplatform/get-data.ts'
import { getStatus } from '../../src/applications/globalplatform/get-status.ts'
import type { GpCommand } from '../../src/applications/globalplatform/gp-command.ts'
import {
  extradite,
  installCommands,
  installForLoad,
  installForPersonalization,
  installInstance,
  makeSelectable,
  tokenInput,
  updateRegistry,
} from '../../src/applications/globalplatform/install.ts'
import { diversify, kcv, keySet } from '../../src/applications/globalplatform/key-set.ts'
import { loadCommands, loadFile } from '../../src/applications/globalplatform/load.ts'
import { loadFileHash } from '../../src/applications/globalplatform/load-file-hash.ts'
import { decodePrivileges, encodePrivileges } from '../../src/applications/globalplatform/privileges.ts'
import { putAesKey, putKeySet, putPublicKey } from '../../src/applications/globalplatform/put-key.ts'
import { closeChannel, openChannel, select } from '../../src/applications/globalplatform/select.ts'
import { setApplicationLock, setCardState, setDomainLock } from '../../src/applications/globalplatform/set-status.ts'
import { dataGrouping, storeData } from '../../src/applications/globalplatform/store-data.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { encodeCommand } from '../../src/card/command.ts'
import { referenceCmac } from './peer.ts'

const PACKAGE = aid('F00000000101')
const MODULE = aid('F0000000010101')
const DOMAIN = aid('A000000151000000')

const bytesOf = (command: GpCommand<unknown> | undefined) => hex(encodeCommand(command?.apdu ?? assert.fail()))
const sends = (command: GpCommand<unknown> | undefined, expected: string) =>
  assert.equal(bytesOf(command), expected.replace(/\s+/g, ''))
const one = (commands: readonly GpCommand<unknown>[]) => {
  assert.equal(commands.length, 1)
  return commands[0]
}

test('SELECT and MANAGE CHANNEL (GPCS 11.9, 11.7)', () => {
  sends(select(), '00A4040000')
  sends(select(DOMAIN), '00A4040008 A000000151000000 00')
  sends(openChannel(), '0070000001')
  sends(closeChannel(3), '00708003')
})

test('GET STATUS in the four scopes, then the next occurrence (GPCS 11.4)', () => {
  sends(getStatus('ISSUER', 'first'), '80F28002 02 4F00 00')
  sends(getStatus('APPLICATIONS', 'first'), '80F24002 02 4F00 00')
  sends(getStatus('LOAD_FILES_AND_MODULES', 'first'), '80F21002 02 4F00 00')
  sends(getStatus('LOAD_FILES', 'next', PACKAGE), '80F22003 08 4F06F00000000101 00')
})

test('INSTALL [for load], with and without the code size gpshell sends (GPCS 11.5)', () => {
  sends(
    one(installCommands(installForLoad({ aid: PACKAGE, domain: DOMAIN }))),
    '80E60200 13 06F00000000101 08A000000151000000 00 00 00 00',
  )
  sends(
    one(installCommands(installForLoad({ aid: PACKAGE, codeSize: 0x0160 }))),
    '80E60200 11 06F00000000101 00 00 06EF04C6020160 00 00',
  )
  sends(
    one(installCommands(installForLoad({ aid: PACKAGE, codeSize: 0x12345 }))),
    '80E60200 13 06F00000000101 00 00 08EF06C60400012345 00 00',
  )
})

test('INSTALL [for install and make selectable], and the two steps apart (GPCS 11.5)', () => {
  const instance = { loadFile: PACKAGE, module: MODULE, aid: MODULE }
  const lists = '06F00000000101 07F0000000010101 07F0000000010101'
  sends(one(installCommands(installInstance(instance))), `80E60C00 1F ${lists} 03000000 02C900 00 00`)
  sends(one(installCommands(installInstance(instance, false))), `80E60400 1F ${lists} 03000000 02C900 00 00`)
  sends(
    one(
      installCommands(
        installInstance({
          ...instance,
          privileges: ['SECURITY_DOMAIN', 'GLOBAL_DELETE'],
          parameters: fromHex('0102'),
          volatileQuota: 0x100,
          nonVolatileQuota: 0x8000,
        }),
      ),
    ),
    `80E60C00 2B ${lists} 03801000 0E C9020102 EF08 C7020100 C8028000 00 00`,
  )
  sends(one(installCommands(makeSelectable(MODULE))), '80E60800 10 00 00 07F0000000010101 03000000 00 00 00')
})

test('extradition, registry update, personalization (GPCS 11.5)', () => {
  sends(
    one(installCommands(extradite(MODULE, DOMAIN))),
    '80E61000 15 08A000000151000000 00 07F0000000010101 00 00 00 00',
  )
  sends(
    one(installCommands(updateRegistry(MODULE, ['CARD_RESET']))),
    '80E64000 10 00 00 07F0000000010101 03040000 00 00 00',
  )
  sends(one(installCommands(installForPersonalization(MODULE))), '80E62000 0D 00 00 07F0000000010101 00 00 00 00')
})

test('a token longer than one command is cut, P1 bit 8 set on all parts but the last; it signs what precedes it (C.4)', () => {
  const request = installForLoad({ aid: PACKAGE, domain: DOMAIN, hash: loadFileHash(PACKAGE) })
  assert.equal(
    hex(tokenInput(request)),
    `02003206F0000000010108A00000015100000020${hex(loadFileHash(PACKAGE))}00`,
    'P1 P2 length, no Le, no token',
  )
  const commands = installCommands(request, new Uint8Array(256), 239)
  assert.deepEqual(
    commands.map(({ apdu }) => [apdu.p1, apdu.data.length]),
    [
      [0x82, 239],
      [0x02, 0x32 + 3 + 256 - 239],
    ],
  )
  assert.equal(hex(deleteTokenInput(PACKAGE, true)), '0080084F06F00000000101')
})

test('LOAD: C4 around the block, DAP blocks before it, numbers and the last bit (GPCS 11.6)', () => {
  const file = loadFile(new Uint8Array(300))
  assert.equal(hex(file.subarray(0, 4)), 'C482012C')
  const commands = loadCommands(file, 239)
  assert.deepEqual(
    commands.map(({ apdu }) => [apdu.p1, apdu.p2, apdu.data.length]),
    [
      [0x00, 0, 239],
      [0x80, 1, 65],
    ],
  )
  const dap = loadFile(Uint8Array.of(1), [{ domain: DOMAIN, signature: Uint8Array.of(2, 3) }])
  assert.equal(hex(dap), 'E20E4F08A000000151000000C3020203C40101')
  assert.deepEqual(
    loadCommands(new Uint8Array(257 * 10), 10)
      .slice(-2)
      .map(({ apdu }) => [apdu.p1, apdu.p2]),
    [
      [0x00, 0xff],
      [0x80, 0x00],
    ],
  )
})

test('DELETE (GPCS 11.2), SET STATUS (11.10), STORE DATA (11.11), GET DATA (11.3)', () => {
  sends(deleteObject(PACKAGE), '80E40000 08 4F06F00000000101 00')
  sends(deleteObject(PACKAGE, { related: true }), '80E40080 08 4F06F00000000101 00')
  sends(deleteObject(PACKAGE, { token: Uint8Array.of(1) }), '80E40000 0B 4F06F00000000101 9E0101 00')
  sends(deleteKeys(0x30), '80E40000 03 D20130 00')
  sends(deleteKeys(0x30, 1), '80E40000 06 D00101 D20130 00')
  sends(setCardState('SECURED'), '80F0800F')
  sends(setApplicationLock(MODULE, true), '80F04080 07 F0000000010101')
  sends(setApplicationLock(MODULE, false), '80F04000 07 F0000000010101')
  sends(setDomainLock(DOMAIN, true), '80F06080 08 A000000151000000')
  assert.deepEqual(storeData([Uint8Array.of(1), Uint8Array.of(2)]).map(bytesOf), ['80E21000010100', '80E29001010200'])
  assert.equal(hex(dataGrouping(0x0101, fromHex('31323334'))), '01010431323334')
  assert.equal(hex(dataGrouping(0x0201, new Uint8Array(255)).subarray(0, 5)), '0201FF00FF')
  sends(getData(TAG.CPLC), '80CA9F7F00')
  sends(getData(TAG.KEY_INFORMATION), '80CA00E000')
})

test('PUT KEY: three AES keys under the static DEK, check values over 01…01 (SCP03 6.2.8, 7.2)', () => {
  const factory = keySet(0xff, fromHex('404142434445464748494A4B4C4D4E4F'))
  for (const [length, keyData] of [
    [16, 16],
    [24, 32],
    [32, 32],
  ] as const) {
    const key = Uint8Array.from({ length }, (_, i) => i)
    const command = putKeySet(factory.dek, keySet(0x01, key), 0x00)
    const { apdu } = command
    assert.equal(apdu.p1, 0x00)
    assert.equal(apdu.p2, 0x81)
    const component = `88${hex(Uint8Array.of(keyData + 1, length))}`
    assert.equal(hex(apdu.data.subarray(0, 4)), `01${component}`)
    assert.equal(apdu.data.length, 1 + 3 * (2 + 1 + keyData + 4))
    const value = hex(kcv(key))
    assert.equal(command.parse({ data: fromHex(`01${value}${value}${value}`), sw: 0x9000 }), true)
    assert.equal(command.parse({ data: fromHex(`01${value}${value}000000`), sw: 0x9000 }), false)
  }
  const cipher = createCipheriv('aes-256-ecb', new Uint8Array(32), null)
  assert.equal(hex(kcv(new Uint8Array(32))), hex(cipher.update(new Uint8Array(16).fill(1)).subarray(0, 3)))
  sends(
    putPublicKey(0x70, { kind: 'RSA', modulus: fromHex(`C0${'00'.repeat(127)}`), exponent: fromHex('010001') }),
    `80D80001 8A 70 A18180C0${'00'.repeat(127)} A003010001 00 00`,
  )
  sends(
    putPublicKey(0x73, { kind: 'P-256', point: fromHex(`04${'11'.repeat(64)}`) }),
    `80D80001 48 73 B04104${'11'.repeat(64)} F00100 00 00`,
  )
  assert.equal(putAesKey(factory.dek, 0x71, factory.enc).apdu.p2, 0x01)
})

test('privileges: one and three bytes, and those that imply a security domain (GPCS 11.1.2)', () => {
  assert.equal(hex(encodePrivileges(['MANDATED_DAP_VERIFICATION', 'CARD_LOCK', 'RECEIPT_GENERATION'])), 'D10080')
  assert.deepEqual(decodePrivileges(fromHex('A0')), ['SECURITY_DOMAIN', 'DELEGATED_MANAGEMENT'])
  assert.deepEqual(decodePrivileges(fromHex('800400')), ['SECURITY_DOMAIN', 'GLOBAL_REGISTRY'])
  assert.equal(decodePrivileges(fromHex('8000')), undefined)
})

test('diversified keys: SP 800-108 over the identification, label and purpose of decision 0050', () => {
  const master = Uint8Array.from({ length: 16 }, (_, i) => i)
  const identification = fromHex('00010203040506070809')
  const keys = diversify(master, 0x30, identification)
  for (const [purpose, key] of [
    ['01', keys.enc],
    ['02', keys.mac],
    ['03', keys.dek],
  ] as const) {
    const input = `${hex(new TextEncoder().encode('MADOGUCHI-K'))}${purpose}00008001${hex(identification)}`
    assert.equal(hex(key), hex(referenceCmac(master, fromHex(input))))
  }
  assert.equal(JSON.stringify(keys), '{"version":48}', 'keys do not leak into JSON')
  assert.throws(() => keySet(1, new Uint8Array(16), new Uint8Array(24)), /6\.1/)
})
