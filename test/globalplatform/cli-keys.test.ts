/** Where `madoguchi gp` takes keys from, and where it does not (docs/decisions/0054). */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { UsageError } from '../../apps/cli/command.ts'
import { KEYS_VARIABLE, parseKeys, readKeys } from '../../apps/cli/gp/key-file.ts'
import { levelOption, parseGpArgs, versionOption } from '../../apps/cli/gp/options.ts'
import { diversify } from '../../src/applications/globalplatform/key-set.ts'
import { fromHex, hex } from '../../src/base/hex.ts'

const folder = mkdtempSync(join(tmpdir(), 'gp-keys-'))
after(() => rmSync(folder, { recursive: true }))

const KEY = '404142434445464748494A4B4C4D4E4F'
const SET = JSON.stringify({ version: '30', enc: KEY, mac: KEY, dek: KEY })

/** The sentence of a UsageError that holds no piece of any key. */
function sentence(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof UsageError)
    assert.equal(error.message.includes(KEY.slice(0, 8)), false, 'a key is in the sentence')
    return error.message
  }
  return assert.fail('not refused')
}

test('keys on the command line are refused in every spelling, and not repeated', () => {
  for (const args of [
    ['list', '--key', KEY],
    ['list', `--key=${KEY}`],
    ['list', '--enc-key', KEY],
    ['list', `--dek=${KEY}`],
    ['list', '--master', KEY],
    ['list', '-key', KEY],
    ['list', '--keys', KEY],
    ['list', `--keys=${KEY}`],
    ['list', '--keys', `${KEY}:${KEY}:${KEY}`],
    ['list', '--keys', SET],
  ])
    assert.match(
      sentence(() => parseGpArgs(args)),
      /keys do not belong on the command line.*--keys FILE.*MADOGUCHI_GP_KEYS/,
    )
})

test('an AID of sixteen bytes is no key', () => {
  assert.deepEqual(parseGpArgs(['delete', KEY]).rest, [KEY])
})

test('a key file that others can read is refused; one of one’s own is taken', async () => {
  const file = join(folder, 'keys.json')
  writeFileSync(file, SET)
  chmodSync(file, 0o644)
  await assert.rejects(readKeys(file, {}), /can be read by others; run chmod 600/)
  chmodSync(file, 0o600)
  const source = await readKeys(file, { [KEYS_VARIABLE]: 'not looked at' })
  assert.ok(source?.kind === 'set' && source.keys.version === 0x30 && hex(source.keys.dek) === KEY)
  await assert.rejects(readKeys(join(folder, 'none.json'), {}), /is not there/)
})

test('the environment holds the same text; without either there are none', async () => {
  assert.equal((await readKeys(undefined, { [KEYS_VARIABLE]: SET }))?.kind, 'set')
  assert.equal(await readKeys(undefined, {}), undefined)
})

test('a master key gives each card its own set', () => {
  const source = parseKeys(JSON.stringify({ version: '30', master: KEY }), 'here')
  assert.ok(source.kind === 'master')
  const card = (last: number) => ({
    identification: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, last),
    keyVersion: 0x30,
    options: 0x70,
    challenge: new Uint8Array(8),
    cryptogram: new Uint8Array(8),
  })
  assert.notEqual(hex(source.derive(card(1)).enc), hex(source.derive(card(2)).enc))
  assert.equal(hex(source.derive(card(1)).mac), hex(diversify(fromHex(KEY), 0x30, card(1).identification).mac))
})

test('a text of another form is refused with what it should be, never with what it is', () => {
  for (const text of [
    KEY,
    `{"version": "30", "enc": "${KEY}`,
    '[]',
    '"x"',
    '{"version": 30}',
    `{"version": "3000", "enc": "${KEY}", "mac": "${KEY}", "dek": "${KEY}"}`,
    `{"version": "30", "enc": "${KEY}"}`,
    `{"version": "30", "enc": "${KEY}zz", "mac": "${KEY}", "dek": "${KEY}"}`,
    `{"version": "30", "enc": "${KEY}00", "mac": "${KEY}", "dek": "${KEY}"}`,
    '{"version": "30", "master": "00"}',
  ])
    assert.match(
      sentence(() => parseKeys(text, 'here')),
      /it holds \{"version": "30", "enc"/,
    )
})

test('levels and key versions', () => {
  assert.equal(levelOption(undefined), 'best')
  assert.equal(levelOption('33'), 0x33)
  for (const level of ['00', '3', '02', '0x33']) assert.throws(() => levelOption(level), UsageError)
  assert.equal(versionOption('7f', 0), 0x7f)
  for (const version of ['', '1', '100', 'xx']) assert.throws(() => versionOption(version, 0), UsageError)
})
