/** What the phone app does before somebody comes to a kiosk: the other PIN on the card, a face that matched, a reservation. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { SERIAL, type World } from './delivered-card.ts'

const PROOF = {
  auth: { kind: 'auth', pin: 0x98, key: 0x97, value: '1234' },
  sign: { kind: 'sign', pin: 0x9b, key: 0x9a, value: 'ABC123' },
} as const

/** By the card's own key, in the commands of facts 9 (transcripts 5 to 8). */
function signed(card: SimulatedCard, by: 'auth' | 'sign', challenge: Uint8Array): string {
  const phone = card.fork()
  phone.powerOn('contact')
  const { pin, key, value } = PROOF[by]
  const hash = createHash('sha256').update(challenge).digest()
  const info = Buffer.concat([Buffer.from('3031300D060960864801650304020105000420', 'hex'), hash])
  phone.transmit(Buffer.from('00A4040C0AD392F000260100000001', 'hex'))
  phone.transmit(Buffer.concat([Buffer.of(0x00, 0x20, 0x00, pin, value.length), Buffer.from(value)]))
  const answer = phone.transmit(Buffer.concat([Buffer.of(0x80, 0x2a, 0x00, key, info.length), info, Buffer.of(0x00)]))
  assert.equal(Buffer.from(answer.subarray(-2)).toString('hex'), '9000')
  return Buffer.from(answer.subarray(0, -2)).toString('base64')
}

export async function reserve(world: World, pin: 'sign' | 'auth'): Promise<string> {
  const by = pin === 'sign' ? 'auth' : 'sign'
  const { certificates } = await world.ask('demo-kiosk', `/v1/cards/${SERIAL}`)
  const { issuer, serial } = certificates.find(({ kind }: { kind: string }) => kind === by)
  const { reservation, challenge } = await world.ask('demo-resetApp', '/v1/resets', { pin, issuer, serial })
  const signature = signed(world.card, by, Buffer.from(challenge, 'base64'))
  const face = { method: 'simulatedEngine', matched: true }
  const opened = await world.ask('demo-resetApp', `/v1/resets/${reservation}/open`, { signature, face })
  assert.ok(opened.expiresAt > world.clock.now(), JSON.stringify(opened))
  return reservation
}
