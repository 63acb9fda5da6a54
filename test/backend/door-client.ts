/** Requests to a door as terminals make them; a request can be made again under its own key. */
import assert from 'node:assert/strict'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  readonly json: any
}

export interface Asked {
  readonly terminal: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: object
  readonly key: string
}

let n = 0

export const asking = (terminal: string, method: Asked['method'], path: string, body?: object): Asked => ({
  ...{ terminal, method, path, key: `request-${++n}` },
  ...(body === undefined ? {} : { body }),
})

/** `sessions` names who is signed in at which terminal. */
export function doorClient(address: () => string, sessions: ReadonlyMap<string, string> = new Map()) {
  async function send({ terminal, method, path, body, key }: Asked): Promise<Answer> {
    const session = sessions.get(terminal)
    const response = await fetch(address() + path, {
      method,
      headers: {
        'Madoguchi-Terminal': terminal,
        'Idempotency-Key': key,
        ...(session === undefined ? {} : { 'Madoguchi-Operator': session }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, json: await response.json() }
  }

  async function ok(asked: Asked): Promise<Answer['json']> {
    const { status, json } = await send(asked)
    assert.equal(status, 200, `${asked.method} ${asked.path}: ${JSON.stringify(json)}`)
    return json
  }

  return { send, ok, post: (terminal: string, path: string, body?: object) => ok(asking(terminal, 'POST', path, body)) }
}
