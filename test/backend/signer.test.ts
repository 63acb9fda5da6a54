/** The roles as processes: a signer with the keys, a core without them. The signer away, P15 holds; back, everything goes on by itself. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { prepareDemo } from '../../apps/backend/demo.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { cmac } from '../../src/applications/globalplatform/aes.ts'
import { HASH_OF, type KeyStore, SigningUnavailable } from '../../src/backend/keys/key-store.ts'
import { remoteSecrets, type SignerPlace } from '../../src/backend/keys/remote.ts'
import { signerReply } from '../../src/backend/keys/signer.ts'
import { type Frame, frameParts, frameReader, signBody, VERB } from '../../src/backend/keys/signer-frames.ts'
import { openStore } from '../../src/backend/store/open.ts'
import { concat } from '../../src/base/bytes.ts'
import { webVerify } from '../../src/pki/web-verify.ts'
import { asking, doorClient } from './door-client.ts'
import { cardKey, HIERARCHY, MASTER } from './fixture.ts'
import { signedInAt } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-signer-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const TEXT = Buffer.from('to be signed')

/** A key and a certificate of its own for each process, as an operator makes them. */
function identity(name: string): void {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  execFileSync('openssl', [...args, '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)], {
    stdio: 'ignore',
  })
}
for (const name of ['core', 'signer', 'stranger']) identity(name)

const program = new URL('../../apps/cli/madoguchi.mjs', import.meta.url).pathname
const signerArgs = (port: number, name = 'signer') => [
  ...[program, 'backend', '--role', 'signer', '--data', at(`${name}-data`), '--port', String(port)],
  ...['--tls-key', at(`${name}.key`), '--tls-cert', at(`${name}.crt`), '--signer-trust', at('core.crt')],
]

async function startSigner(
  port = 0,
  name = 'signer',
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, signerArgs(port, name), { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { child, port: Number(/:(\d+) /.exec(String(line))?.[1]) }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return ((await once(child, 'exit')) as [number | null])[0]
}

const placeOf = (port: number, name = 'core'): SignerPlace => ({
  ...{ host: '127.0.0.1', port, key: readFileSync(at(`${name}.key`), 'utf8') },
  ...{ cert: readFileSync(at(`${name}.crt`), 'utf8'), trust: readFileSync(at('signer.crt'), 'utf8') },
})

describe('the signer as a process', () => {
  let signer: ChildProcess
  let port = 0
  before(async () => {
    ;({ child: signer, port } = await startSigner())
  })
  after(async () => {
    if (signer.exitCode === null) await end(signer, 'SIGKILL')
  })

  test('both algorithms, many at once, and the cards’ master key: the same after a restart', async () => {
    const { keys, cardMaster } = remoteSecrets(placeOf(port))
    const made = await Promise.all([keys.generate('rsa2048-sha256'), keys.generate('p384-sha384')])
    for (const key of made) {
      const texts = Array.from({ length: 300 }, (_, i) => Buffer.from(`${key.algorithm} ${i}`))
      const signatures = await Promise.all(texts.map((text) => keys.sign(key, text)))
      for (const [i, text] of texts.entries())
        assert.equal(await webVerify(key.algorithm, key.publicKey, text, signatures[i] as Uint8Array), true)
    }
    const large = new Uint8Array(5_000_000).fill(7)
    const [first] = made
    assert.equal(await webVerify(first.algorithm, first.publicKey, large, await keys.sign(first, large)), true)
    const mac = await cardMaster(TEXT)
    assert.equal(mac.length, 16)
    await assert.rejects(keys.sign({ ...first, id: 'none' }, TEXT), SigningUnavailable)
    assert.equal(await end(signer, 'SIGTERM'), 0)
    ;({ child: signer } = await startSigner(port))
    await sleep(1_050)
    assert.equal(await webVerify(first.algorithm, first.publicKey, TEXT, await keys.sign(first, TEXT)), true)
    assert.deepEqual(await cardMaster(TEXT), mac)
    await keys.close()
  })

  test('who shows another certificate gets nothing, on either side, and nonsense ends the connection alone', async () => {
    const stranger = remoteSecrets(placeOf(port, 'stranger'))
    await assert.rejects(stranger.keys.generate('p384-sha384'), SigningUnavailable)
    const impostor = await startSigner(0, 'stranger')
    const deceived = remoteSecrets(placeOf(impostor.port))
    await assert.rejects(deceived.keys.generate('p384-sha384'), SigningUnavailable)
    assert.equal(await end(impostor.child, 'SIGTERM'), 0)

    const { keys } = remoteSecrets(placeOf(port))
    const key = await keys.generate('p384-sha384')
    const { trust, ...own } = placeOf(port)
    for (const bytes of [
      Buffer.alloc(4, 0xff),
      concat(...frameParts({ id: 1, verb: 99, body: TEXT })),
      Buffer.alloc(64),
    ]) {
      const socket = connect({ ...own, ca: trust, checkServerIdentity: () => undefined })
      await once(socket, 'secureConnect')
      socket.on('error', () => {})
      socket.write(bytes)
      await once(socket, 'close')
    }
    assert.equal(await webVerify(key.algorithm, key.publicKey, TEXT, await keys.sign(key, TEXT)), true)
    await keys.close()
  })

  test('bad options are one sentence each', () => {
    for (const [args, sentence] of [
      [['--role', 'signer'], /--signer-trust: the certificate of its core/],
      [['--signer', '127.0.0.1:1'], /belong together/],
      [
        [
          '--signer',
          'nowhere',
          '--signer-key',
          at('core.key'),
          '--signer-cert',
          at('core.crt'),
          '--signer-trust',
          at('signer.crt'),
        ],
        /HOST:PORT/,
      ],
      [
        [
          ...['--signer', '127.0.0.1:9', '--signer-key', at('core.key'), '--signer-cert', at('core.crt')],
          ...['--signer-trust', at('signer.crt')],
        ],
        /the keys cannot be reached/,
      ],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, [program, 'backend', '--data', at('early'), ...args], {
        encoding: 'utf8',
      })
      assert.equal(status, 2)
      assert.match(stderr, sentence)
      assert.equal(stderr.trim().split('\n').length, 1)
    }
  })
})

describe('P15 and P16: a core whose signer goes and comes', () => {
  let signer: ChildProcess
  let port = 0
  let running: Running
  const sessions = new Map<string, string>()
  const { send, ok, post } = doorClient(() => running.address, sessions)
  const database = at('core-db')
  before(async () => {
    ;({ child: signer, port } = await startSigner())
    running = await runBackend({
      ...{ place: { folder: database }, master: MASTER, crlFolder: at('crl'), ceremony: HIERARCHY.quick },
      ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {}, prepare: prepareDemo },
      signer: async () => remoteSecrets(placeOf(port)),
    })
    sessions.set('demo-town', (await signedInAt(running.backend, 'demo-town')).session)
  })
  after(async () => {
    await running.stop()
    await end(signer, 'SIGTERM')
  })

  const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const ready = async () => {
    const response = await fetch(`${running.address}/ready`)
    return [response.status, ((await response.json()) as { parts: { keys: string } }).parts.keys]
  }

  test('killed among many orders: each is a certificate or signingUnavailable, the same keys go through when it is back', async () => {
    await post('demo-town', '/v1/cards/card-hanako/state', { to: 'dispatched' })
    await post('demo-town', '/v1/cards/card-hanako/state', { to: 'setUp' })
    const orders = Array.from({ length: 60 }, () => {
      const body = { kind: 'auth', card: 'card-hanako', publicKey: b64(cardKey().publicKey) }
      return asking('demo-town', 'POST', '/v1/certificates', body)
    })
    const early = orders.slice(0, 50).map(send)
    await Promise.race(early)
    await end(signer, 'SIGKILL')
    const answers = [...(await Promise.all(early)), ...(await Promise.all(orders.slice(50).map(send)))]
    const told = new Set(answers.map(({ status, json }) => `${status} ${json.code ?? 'certificate'}`))
    assert.deepEqual([...told].sort(), ['200 certificate', '503 signingUnavailable'])
    assert.deepEqual(await ready(), [503, 'down'])
    const { store } = running.backend.parts
    const open = await store.all("SELECT id FROM cert WHERE state = 'reserved' OR (state = 'signed' AND der IS NULL)")
    assert.deepEqual(open, [], 'a serial that was not signed is burnt, none is left open')
    assert.equal(
      (await send(asking('demo-kiosk', 'GET', '/v1/cards/card-hanako'))).status,
      200,
      'what needs no key goes on',
    )
    const script = asking('demo-town', 'POST', '/v1/scripts', {
      card: 'card-hanako',
      ask: { procedure: 'certificate', kind: 'auth' },
    })
    assert.equal((await send(script)).json.code, 'signingUnavailable')

    ;({ child: signer } = await startSigner(port))
    await sleep(1_050)
    for (const asked of orders) assert.equal(typeof (await ok(asked)).certificate, 'string')
    await ok(script)
    assert.deepEqual(await ready(), [200, 'up'])
  })

  test('no key is in the core’s database', async () => {
    const { store } = running.backend.parts
    for (const table of ['software_key', 'card_master'])
      assert.deepEqual(await store.all(`SELECT id FROM ${table}`), [])
    await end(signer, 'SIGTERM')
    const own = openStore({ folder: at('signer-data') })
    assert.ok((await own.all('SELECT id FROM software_key')).length >= 4)
    await own.close()
    ;({ child: signer } = await startSigner(port))
  })
})

describe('frames', () => {
  const frames = fc.array(
    fc.record({ id: fc.nat(), verb: fc.nat(255), body: fc.uint8Array({ maxLength: 300 }) }, { noNullPrototype: true }),
    {
      maxLength: 8,
    },
  )

  test('cut anywhere, they come out as they went in', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = concat(...sent.flatMap(frameParts))
        const read: Frame[] = []
        const reader = frameReader((frame) => read.push(frame))
        for (let from = 0, i = 0; from < bytes.length; i++) {
          const to = from + (cuts[i % cuts.length] as number)
          reader(bytes.subarray(from, to))
          from = to
        }
        assert.deepEqual(read, sent)
      }),
    )
  })

  test('no request makes the signer throw; only whole ones are answered', async () => {
    const asked: string[] = []
    const keys: KeyStore = {
      generate: async (algorithm) => ({ id: 'made', algorithm, publicKey: TEXT }),
      async sign({ id, algorithm }, bytes) {
        asked.push(`${id} ${HASH_OF[algorithm]} ${bytes.length}`)
        return TEXT
      },
      close: async () => {},
    }
    const secrets = { keys, cardMaster: async (message: Uint8Array) => cmac(new Uint8Array(16), message) }
    await fc.assert(
      fc.asyncProperty(fc.nat(255), fc.uint8Array({ maxLength: 40 }), async (verb, body) => {
        const reply = await signerReply(secrets, { id: 5, verb, body })
        if (reply !== undefined) assert.equal(reply.id, 5)
        else assert.notEqual(verb, VERB.cmac)
      }),
    )
    asked.length = 0
    await signerReply(secrets, { id: 1, verb: VERB.sign, body: signBody('p384-sha384', 'key-1', TEXT) })
    assert.deepEqual(asked, [`key-1 sha384 ${TEXT.length}`])
  })
})
