/** The role `signer`: a process that has the keys and nothing else, and answers one core whose certificate it knows. */
import { type KeyObject, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { softwareMaster } from '../../src/backend/keys/card-keys.ts'
import { pkcs11Keys } from '../../src/backend/keys/pkcs11.ts'
import { pkcs11Master } from '../../src/backend/keys/pkcs11-master.ts'
import type { Token } from '../../src/backend/keys/pkcs11-token.ts'
import { sealer } from '../../src/backend/keys/seal.ts'
import { type Secrets, signerReply } from '../../src/backend/keys/signer.ts'
import { frameParts, frameReader } from '../../src/backend/keys/signer-frames.ts'
import { softwareKeys, softwareKeyTables } from '../../src/backend/keys/software.ts'
import { cardMasterTables } from '../../src/backend/keys/tables.ts'
import { migrate } from '../../src/backend/store/migrate.ts'
import { openStore } from '../../src/backend/store/open.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Log } from './log.ts'

export interface SignerOptions {
  /** Its own folder: no person, card or certificate is in this database. */
  readonly folder: string
  readonly master: KeyObject
  /** The token with the keys, where they do not lie in the folder. */
  readonly token?: () => Promise<Token>
  readonly host: string
  readonly port: number
  /** PEM: what it shows, and the one certificate a core may show. */
  readonly tls: { readonly key: string; readonly cert: string; readonly trust: string }
  readonly log: Log
}

export interface RunningSigner {
  readonly port: number
  stop(): Promise<void>
}

/** Signer tables alone: the database of a core cannot be opened by mistake, nor this one by a core. */
const SIGNER_MIGRATIONS = [softwareKeyTables, cardMasterTables]

/** Requests of one connection that are worked on at once; more of them wait in the socket. */
const MOST_AT_ONCE = 256

export async function runSigner(options: SignerOptions): Promise<RunningSigner> {
  const { tls, log } = options
  const { secrets, close } = await openSecrets(options)
  const trusted = new X509Certificate(tls.trust).fingerprint256
  const sockets = new Set<TLSSocket>()
  const server = createServer({
    ...{ key: tls.key, cert: tls.cert, ca: tls.trust, minVersion: 'TLSv1.3' },
    ...{ requestCert: true, rejectUnauthorized: true, allowPartialTrustChain: true },
  })
  server.on('secureConnection', (socket) => {
    if (socket.getPeerX509Certificate()?.fingerprint256 !== trusted) return socket.destroy()
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, secrets, log)
  })
  server.listen({ host: options.host, port: options.port })
  await once(server, 'listening')
  log({ event: 'started' })
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      log({ event: 'stopping' })
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
      await close()
      log({ event: 'stopped' })
    },
  }
}

async function openSecrets({
  folder,
  master,
  token,
}: SignerOptions): Promise<{ secrets: Secrets; close(): Promise<void> }> {
  if (token !== undefined) {
    const open = await token()
    const keys = pkcs11Keys(open)
    return { secrets: { keys, cardMaster: pkcs11Master(open) }, close: () => keys.close() }
  }
  const store = openStore({ folder })
  await migrate(store, SIGNER_MIGRATIONS, systemClock.now())
  const keys = softwareKeys(store, sealer(master, 'authority keys'), systemClock)
  const cardMaster = softwareMaster(store, sealer(master, 'card keys'), systemClock)
  return { secrets: { keys, cardMaster }, close: () => store.close() }
}

function serve(socket: TLSSocket, secrets: Secrets, log: Log): void {
  let working = 0
  const read = frameReader((frame) => {
    if (++working === MOST_AT_ONCE) socket.pause()
    const started = performance.now()
    void signerReply(secrets, frame).then((reply) => {
      if (--working === MOST_AT_ONCE - 1) socket.resume()
      const ms = Math.round(performance.now() - started)
      if (reply === undefined) {
        log({ event: 'request', endpoint: 'signer', status: 400, ms })
        return socket.destroy()
      }
      socket.cork()
      for (const part of frameParts(reply)) socket.write(part)
      socket.uncork()
    })
  })
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    try {
      read(chunk)
    } catch {
      socket.destroy()
    }
  })
}
