/** A backend's endpoint on this machine, without TLS: demonstrations and tests. */
import type { HttpPort } from '../../src/host/http-port.ts'

export function plainHttpPort(address: string): HttpPort {
  return async ({ method, path, headers, body }, signal) => {
    const response = await fetch(new URL(path, address), {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
    })
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    const retry = Number.isFinite(seconds) ? { retryAfter: seconds } : {}
    return { status: response.status, ...retry, body: await response.text() }
  }
}
