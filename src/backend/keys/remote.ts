/** Keys in another process, the signer: asked over TLS on which both sides know each other's certificate. Away, it is looked for again (P15). */
import { X509Certificate } from 'node:crypto'
import { connect, type TLSSocket } from 'node:tls'
import type { KeyStore } from './key-store.ts'
import { SigningUnavailable } from './key-store.ts'
import type { Secrets } from './signer.ts'
import { frameParts, frameReader, generateBody, signBody, takeId, VERB, type Verb } from './signer-frames.ts'

export interface SignerPlace {
  readonly host: string
  readonly port: number
  /** PEM: what this process shows, and the one certificate the signer may show. */
  readonly key: string
  readonly cert: string
  readonly trust: string
}

/** A request that takes longer will not come back. */
const DEADLINE_MS = 10_000
const TRY_AGAIN_MS = 1_000

interface Waiting {
  readonly resolve: (body: Uint8Array) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

interface Link {
  readonly socket: TLSSocket
  readonly waiting: Map<number, Waiting>
}

/** Connects at the first use. Every method throws `SigningUnavailable` while the signer is away or does not answer. */
export function remoteSecrets(place: SignerPlace): Secrets & { readonly keys: KeyStore } {
  const trusted = new X509Certificate(place.trust).fingerprint256
  let link: Promise<Link> | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  let last = 0

  function open(): Promise<Link> {
    if (link !== undefined) return link
    if (performance.now() - failedAt < TRY_AGAIN_MS) return Promise.reject(new SigningUnavailable('the signer is away'))
    const made = new Promise<Link>((resolve, reject) => {
      const socket = connect({
        ...{ host: place.host, port: place.port, key: place.key, cert: place.cert, ca: place.trust },
        ...{ minVersion: 'TLSv1.3', allowPartialTrustChain: true },
        // One certificate is right, whatever names it bears.
        checkServerIdentity: (_host, peer) =>
          peer.fingerprint256 === trusted ? undefined : new Error('another signer'),
      })
      const waiting = new Map<number, Waiting>()
      const read = frameReader(({ id, verb, body }) => settle(waiting, id, verb === VERB.done ? body : undefined))
      socket.setNoDelay(true)
      socket.once('secureConnect', () => resolve({ socket, waiting }))
      socket.on('data', (chunk) => {
        try {
          read(chunk)
        } catch {
          socket.destroy()
        }
      })
      socket.on('error', () => {})
      socket.once('close', () => {
        failedAt = performance.now()
        if (link === made) link = undefined
        reject(new SigningUnavailable('the signer is away'))
        for (const id of [...waiting.keys()]) settle(waiting, id, undefined)
      })
    })
    link = made
    made.catch(() => {})
    return made
  }

  async function ask(verb: Verb, body: Uint8Array): Promise<Uint8Array> {
    const { socket, waiting } = await open()
    last = (last + 1) % 0xffffffff
    const id = last
    return new Promise<Uint8Array>((resolve, reject) => {
      // A signer that hangs is as good as gone; the next request finds it again.
      const timer = setTimeout(() => socket.destroy(), DEADLINE_MS)
      waiting.set(id, { resolve, reject, timer })
      socket.cork()
      for (const part of frameParts({ id, verb, body })) socket.write(part)
      socket.uncork()
    })
  }

  return {
    keys: {
      async generate(algorithm) {
        const [id, publicKey] = takeId(await ask(VERB.generate, generateBody(algorithm))) ?? []
        if (id === undefined || publicKey === undefined) throw new SigningUnavailable('the signer answered nonsense')
        return { id, algorithm, publicKey: Uint8Array.from(publicKey) }
      },
      sign: ({ algorithm, id }, bytes) => ask(VERB.sign, signBody(algorithm, id, bytes)),
      async close() {
        const open = await link?.catch(() => undefined)
        open?.socket.destroy()
      },
    },
    cardMaster: (message) => ask(VERB.cmac, message),
  }
}

function settle(waiting: Map<number, Waiting>, id: number, body: Uint8Array | undefined): void {
  const one = waiting.get(id)
  if (one === undefined) return
  waiting.delete(id)
  clearTimeout(one.timer)
  if (body === undefined) one.reject(new SigningUnavailable('the signer does not do it'))
  else one.resolve(body)
}
