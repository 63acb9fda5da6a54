/** One endpoint of the backend over TLS, with this terminal's certificate. No other process of the program has a network (row 21). */
import { Agent, request } from 'node:https'
import type { HttpPort } from '../../../src/host/http-port.ts'

/** An answer of the backend is JSON of records, never pictures of whole files. */
const MAX_ANSWER = 4 * 1024 * 1024

/** `pem`: key, certificate, and the authorities that the backend's certificate comes from, one after another. */
export function httpsPort(address: string, pem: string | undefined): HttpPort {
  const root = new URL(address)
  const agent = new Agent({ keepAlive: true, maxSockets: 4, minVersion: 'TLSv1.3', ...identity(pem) })
  return ({ method, path, headers, body }, signal) =>
    new Promise((resolve, reject) => {
      const url = new URL(path, root)
      if (url.origin !== root.origin) throw new TypeError('a path of the backend stays at the backend')
      const asked = request(url, { method, headers, agent, signal }, (answer) => {
        const parts: Buffer[] = []
        let size = 0
        answer.on('data', (part: Buffer) => {
          size += part.length
          if (size > MAX_ANSWER) asked.destroy(new Error('the answer is too long'))
          else parts.push(part)
        })
        answer.on('error', reject)
        answer.on('end', () => {
          const seconds = Number(answer.headers['retry-after'])
          const retry = Number.isFinite(seconds) ? { retryAfter: seconds } : {}
          resolve({ status: answer.statusCode ?? 0, ...retry, body: Buffer.concat(parts).toString('utf8') })
        })
      })
      asked.on('error', reject)
      asked.end(body)
    })
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g

/** What a bundle of PEM blocks is for TLS. Throws TypeError when it has no key or no certificate. */
export function identity(pem: string | undefined): { key: string; cert: string; ca?: string[] } | object {
  if (pem === undefined) return {}
  const blocks = [...pem.matchAll(BLOCK)].map(([block, kind]) => ({ block, kind: kind as string }))
  const key = blocks.find(({ kind }) => kind.endsWith('PRIVATE KEY'))?.block
  const [cert, ...ca] = blocks.filter(({ kind }) => kind === 'CERTIFICATE').map(({ block }) => block)
  if (key === undefined || cert === undefined) throw new TypeError('not a private key and its certificate in PEM')
  return { key, cert, ...(ca.length === 0 ? {} : { ca }) }
}
