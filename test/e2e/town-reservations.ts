/** What the app does before somebody comes to a kiosk: the other PIN on the card, a face that matched, a reservation (F21, F22). */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { SPECIMENS, type SpecimenName } from '../../apps/world/specimens.ts'
import type { World } from '../../apps/world/world.ts'

export type ResetPin = 'sign' | 'auth'

/** Returns the reservation's id. */
export async function reserve(world: World, name: SpecimenName, pin: ResetPin): Promise<string> {
  const by = pin === 'sign' ? 'auth' : 'sign'
  const { issuer, serial } = await certificateOf(world, name, by)
  const { reservation, challenge } = await ask(world, 'demo-resetApp', '/v1/resets', { pin, issuer, serial })
  const signature = signed(world, name, by, Buffer.from(challenge, 'base64'))
  const face = { method: 'simulatedEngine', matched: true }
  const opened = await ask(world, 'demo-resetApp', `/v1/resets/${reservation}/open`, { signature, face })
  assert.ok(opened.expiresAt > 0, JSON.stringify(opened))
  return reservation
}

/** As a call centre does it: held, or revoked for good. */
export async function ends(world: World, name: SpecimenName, kind: ResetPin, order: object): Promise<void> {
  const { issuer, serial } = await certificateOf(world, name, kind)
  const { state } = await ask(world, 'demo-callCentre', `/v1/certificates/${issuer}/${serial}/end`, order)
  assert.ok(state, 'the certificate is ended')
}

async function certificateOf(world: World, name: SpecimenName, kind: ResetPin) {
  const { certificates } = await ask(world, 'demo-kiosk', `/v1/cards/${SPECIMENS[name].serial}`)
  return certificates.find((one: { kind: string }) => one.kind === kind)
}

// biome-ignore lint/suspicious/noExplicitAny: what the backend answers is its own tests' business
async function ask(world: World, terminal: string, path: string, body?: unknown): Promise<any> {
  const headers = { 'Madoguchi-Terminal': terminal }
  const post = { 'Idempotency-Key': crypto.randomUUID(), 'Content-Type': 'application/json' }
  const response = await fetch(
    world.address + path,
    body === undefined ? { headers } : { method: 'POST', headers: { ...headers, ...post }, body: JSON.stringify(body) },
  )
  return response.json()
}

const PROOF = {
  auth: { pin: 0x98, key: 0x97, value: '1234' },
  sign: { pin: 0x9b, key: 0x9a, value: 'ABC123' },
} as const

/** By the card's own key, in the commands of facts 9 (transcripts 5 to 8), on a copy of the card. */
function signed(world: World, name: SpecimenName, by: ResetPin, challenge: Uint8Array): string {
  const { pin, key, value } = PROOF[by]
  const phone = world.card(name).fork()
  phone.powerOn('contact')
  const hash = createHash('sha256').update(challenge).digest()
  const info = Buffer.concat([Buffer.from('3031300D060960864801650304020105000420', 'hex'), hash])
  phone.transmit(Buffer.from('00A4040C0AD392F000260100000001', 'hex'))
  phone.transmit(Buffer.concat([Buffer.of(0x00, 0x20, 0x00, pin, value.length), Buffer.from(value)]))
  const answer = phone.transmit(Buffer.concat([Buffer.of(0x80, 0x2a, 0x00, key, info.length), info, Buffer.of(0)]))
  assert.equal(Buffer.from(answer.subarray(-2)).toString('hex'), '9000')
  return Buffer.from(answer.subarray(0, -2)).toString('base64')
}
