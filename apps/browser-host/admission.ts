/**
 * Who may come in by the loopback door: whoever holds the one-time token of an address, once; then the browser that got the cookie
 * for it. Any other page of the same machine is refused by its Origin and by the missing cookie.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'

const COOKIE = 'madoguchi'

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

export class Admission {
  readonly #tokens = new Set<string>()
  readonly #session = randomBytes(24).toString('base64url')

  /** A new token, good for one browser. */
  issue(): string {
    const token = randomBytes(24).toString('base64url')
    this.#tokens.add(token)
    return token
  }

  /** Takes a token for a cookie, once. Returns the Set-Cookie value. */
  redeem(token: string): string | undefined {
    const known = [...this.#tokens].find((issued) => same(token, issued))
    if (known === undefined) return undefined
    this.#tokens.delete(known)
    return `${COOKIE}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Does the request carry the cookie? */
  knows(cookieHeader: string | undefined): boolean {
    const pairs = (cookieHeader ?? '').split(';').map((pair) => pair.trim())
    return pairs.some((pair) => pair.startsWith(`${COOKIE}=`) && same(pair.slice(COOKIE.length + 1), this.#session))
  }
}
