/** `madoguchi card` and `madoguchi inspect`, as a person types them. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { parseCardImage } from '../../applets-sim/image-file.ts'
import { main } from '../../apps/cli/main.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-card-'))
after(() => rmSync(folder, { recursive: true }))
const door = join(import.meta.dirname, '../../apps/cli/madoguchi.mjs')

async function cli(...args: readonly string[]) {
  const out: string[] = []
  const err: string[] = []
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    env: {},
    signal: new AbortController().signal,
  }
  return { code: await main(args, io, '0.0.0'), out: out.join('\n'), err: err.join('\n') }
}

/** In a process of its own, with something on standard input. */
function piped(input: string, ...args: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [door, ...args])
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
    child.stdin.end(input)
  })
}

describe('card', () => {
  const file = join(folder, 'hanako.card.json')
  const cells = () => parseCardImage(readFileSync(file, 'utf8')).cells

  test('new, show, edit', async () => {
    const made = await cli('card', 'new', 'resident', '-o', file, '--set', 'pins.auth=9876', '--set', 'tries.sign=1')
    assert.deepEqual([made.code, made.err], [0, ''])
    assert.equal(cells()['jpki']?.['0018.pin'], '39383736')
    assert.equal(cells()['jpki']?.['001B.tries'], '01')
    const edited = await cli('card', 'edit', file, '--set', 'tries.juki=2', '--set', 'pins.text=0000')
    assert.equal(edited.code, 0)
    assert.equal(cells()['common']?.['001C.tries'], '02')
    assert.equal(cells()['juki']?.['001C.tries'], '02')
    const { out } = await cli('card', 'show', file)
    assert.match(out, /0018 {2}PIN, set, 3 of 3 tries left/)
    assert.match(out, /001B {2}PIN, set, 1 of 5 tries left/)
    assert.deepEqual(readdirSync(folder), ['hanako.card.json'])
  })

  test('null: nobody has set this PIN', async () => {
    const image = parseCardImage((await cli('card', 'new', 'resident', '--set', 'pins.sign=null')).out)
    assert.equal(image.cells['jpki']?.['001B.pin'], undefined)
    assert.equal((await cli('card', 'edit', file, '--set', 'pins.auth=null')).code, 0)
    assert.equal(cells()['jpki']?.['0018.pin'], undefined)
  })

  test('a file that cannot be written keeps its old state; a new one is not left half written', async () => {
    const before = readFileSync(file, 'utf8')
    const fresh = join(folder, 'fresh.card.json')
    // No file may grow beyond eight blocks.
    const limited = (...args: readonly string[]) =>
      spawnSync('sh', ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, door, ...args], { encoding: 'utf8' })
    const edited = limited('card', 'edit', file, '--set', 'tries.auth=1')
    assert.equal(edited.status, 1)
    assert.match(edited.stderr, /^madoguchi: [^\n]*keeps its old state: it cannot be written \(EFBIG\)\n$/)
    assert.equal(limited('card', 'new', 'resident', '-o', fresh).status, 2)
    assert.equal(readFileSync(file, 'utf8'), before)
    assert.deepEqual(readdirSync(folder), ['hanako.card.json'])
  })

  test('show tells what is on a card and not what it holds', async () => {
    const { out } = await cli('card', 'show', 'resident')
    for (const secret of ['1234', '31323334', '番号', '123456789018', '313233343536373839303138'])
      assert.ok(!out.includes(secret), secret)
  })

  test('without -o the image is printed', async () => {
    const { out } = await cli('card', 'new', 'child')
    assert.equal(parseCardImage(out).profile, 'child')
  })

  test('what cannot be done: one sentence, exit 2, nothing written', async () => {
    const before = readFileSync(file, 'utf8')
    const wrong: readonly (readonly string[])[] = [
      ['card'],
      ['card', 'burn', 'resident'],
      ['card', 'new'],
      ['card', 'new', 'nobody'],
      ['card', 'new', 'resident', 'twice'],
      ['card', 'new', 'resident', '-o', file],
      ['card', 'new', 'resident', '-o', join(folder, 'no', 'such', 'folder')],
      ['card', 'new', 'resident', '--set', 'pins.auth'],
      ['card', 'new', 'resident', '--set', '=x'],
      ['card', 'new', 'resident', '--set', '__proto__.x=1'],
      ['card', 'new', 'resident', '--set', 'holder.birth=today'],
      ['card', 'new', 'resident', '--set', 'nothing=1'],
      ['card', 'new', 'resident', '--set', 'cells.jpki.000a=00'],
      ['card', 'new', 'resident', '--set', 'cells.jpkki.000A=00'],
      ['card', 'new', 'resident', '--set', 'tries.sign=15'],
      ['card', 'show'],
      ['card', 'show', 'resident', '--set', 'pins.auth=1'],
      ['card', 'show', 'resident', '-o', join(folder, 'shown')],
      ['card', 'show', join(folder, 'none.card.json')],
      ['card', 'edit', file],
      ['card', 'edit', 'resident', '--set', 'tries.auth=1'],
      ['card', 'edit', file, '--set', 'tries.auth=1', '-o', join(folder, 'edited')],
      ['card', 'edit', file, '--set', 'pins.auth='],
      ['card', 'edit', file, '--set', 'pins.auth=12345678901234567'],
      ['card', 'edit', file, '--set', 'tries.auth=99'],
      ['card', 'edit', file, '--set', 'cells.jpki.0018.tries=FF'],
      ['card', 'edit', file, '--set', 'holder.name=x'],
      ['card', 'edit', file, '--set', 'chip.generation=ZZ'],
      ['inspect', '--card', 'nobody'],
      ['inspect', 'resident'],
      ['inspect', '--card', 'resident', '--reader', 'x'],
      ['inspect', '--card', 'resident', '--self-test', 'both'],
    ]
    for (const args of wrong) {
      const { code, err } = await cli(...args)
      assert.equal(code, 2, args.join(' '))
      assert.match(err, /^madoguchi: [^\n]+$/, args.join(' '))
    }
    assert.equal(readFileSync(file, 'utf8'), before)
  })
})

describe('inspect', () => {
  test('applications, tries, public certificates; nothing of the holder, no try, no write', async () => {
    const file = join(folder, 'inspected.card.json')
    await cli('card', 'new', 'resident', '-o', file)
    const before = readFileSync(file, 'utf8')
    const { code, out, err } = await cli('inspect', '--card', file)
    assert.deepEqual([code, err], [0, ''])
    assert.match(out, /^My Number card/)
    assert.match(out, /利用者証明用電子証明書用暗証番号: 3 tries left/)
    assert.match(out, /auth: \d{4}-\d\d-\d\d – \d{4}-\d\d-\d\d$/m)
    for (const personal of ['花子', '19890331', '123456789018', '9900000', 'CN=', '清瀬', 'BEGIN'])
      assert.ok(!out.includes(personal), personal)
    assert.equal(readFileSync(file, 'utf8'), before)
  })

  test('the certificates themselves only when asked for', async () => {
    const { out } = await cli('inspect', '--card', 'resident', '--pem')
    assert.equal(out.match(/BEGIN CERTIFICATE/g)?.length, 3)
  })

  test('expired and blocked cards are told as what they are', async () => {
    assert.match((await cli('inspect', '--card', 'expired')).out, /auth: .*, expired/)
    assert.match((await cli('inspect', '--card', 'blocked')).out, /利用者証明用電子証明書用暗証番号: blocked/)
    assert.match((await cli('inspect', '--card', 'factory')).out, /auth: not on this card/)
  })

  test('a locked application and a damaged certificate hide nothing of the rest', async () => {
    const made = async (name: string, ...settings: readonly string[]) => {
      const path = join(folder, name)
      await cli('card', 'new', 'resident', '-o', path, ...settings.flatMap((setting) => ['--set', setting]))
      return await cli('inspect', '--card', path)
    }
    const visual = await made('visual.card.json', 'cells.visual..life=8F')
    assert.deepEqual([visual.code, visual.err], [0, ''])
    assert.match(visual.out, /^applications .*, visual \(locked\), /m)
    assert.match(visual.out, /利用者証明用電子証明書用暗証番号: 3 tries left/)
    const jpki = await made('jpki.card.json', 'cells.jpki..life=8F')
    assert.equal(jpki.code, 0)
    assert.match(jpki.out, /^a card whose 公的個人認証AP is locked$/m)
    assert.match(jpki.out, /券面事項入力補助用暗証番号: 3 tries left/)
    const damaged = await made('damaged.card.json', 'cells.jpki.000A=308205')
    assert.equal(damaged.code, 0)
    assert.match(damaged.out, /auth: damaged/)
    assert.match(damaged.out, /signCa: \d{4}/)
  })

  test('self-test: good, wrong PIN, no PIN; the trace holds none', async () => {
    const good = await piped('abc123\n', 'inspect', '--card', 'resident', '--self-test', 'sign', '--trace')
    assert.match(good.text, /Self-test of the sign key good/)
    assert.match(good.text, /VERIFY sign password {2}00 20 00 80 {2}Lc 6 Le 0 → 9000/)
    assert.ok(!/ABC123|abc123|414243313233/i.test(good.text))
    assert.equal(good.code, 0)
    const wrong = await piped('9999\n', 'inspect', '--card', 'resident', '--self-test', 'auth')
    assert.match(wrong.text, /wrong PIN, 2 tries left/)
    assert.equal(wrong.code, 1)
    const none = await piped('', 'inspect', '--card', 'resident', '--self-test', 'auth')
    assert.match(none.text, /no PIN was entered/)
    assert.equal(none.code, 2)
  })

  test('a real PC/SC client: through the service that run starts', async () => {
    const { code, text } = await piped('', 'run', '--reader', '窓口=child', '--', process.execPath, door, 'inspect')
    assert.match(text, /^My Number card/)
    assert.match(text, /署名用電子証明書用暗証番号: blocked, or never set/)
    assert.equal(code, 0)
  })
})
