/**
 * Who may come in by the loopback door: whoever holds the one-time token of its address, once; then the one browser that got the
 * cookie for it. Any other page of the same machine is refused by its Origin and by the missing cookie.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'

const COOKIE = 'madoguchi'

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

export class Admission {
  #token: string | undefined = randomBytes(24).toString('base64url')
  readonly #session = randomBytes(24).toString('base64url')

  /** The token of the address that is opened first; undefined once it was used. */
  get token(): string | undefined {
    return this.#token
  }

  /** Takes the token for a cookie, once. Returns the Set-Cookie value. */
  redeem(token: string): string | undefined {
    if (this.#token === undefined || !same(token, this.#token)) return undefined
    this.#token = undefined
    return `${COOKIE}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Does the request carry the cookie? */
  knows(cookieHeader: string | undefined): boolean {
    const pairs = (cookieHeader ?? '').split(';').map((pair) => pair.trim())
    return pairs.some((pair) => pair.startsWith(`${COOKIE}=`) && same(pair.slice(COOKIE.length + 1), this.#session))
  }
}
