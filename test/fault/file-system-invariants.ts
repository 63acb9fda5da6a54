/** What must hold of a card's file-system applications after any power cut. */
import assert from 'node:assert/strict'
import { fromHex, hex } from '../../src/base/hex.ts'
import { AID } from '../chip/card.ts'
import type { Invariant } from './sweep.ts'

const byte = (value: number): string => hex(Uint8Array.of(value))

/** A try counter never rises but by a right PIN, whose step must then have said so. */
export const counterNeverRises =
  (steps: { readonly mayRestore: readonly string[] }): Invariant =>
  (_, { before, now }, cut) => {
    for (const [application, group] of Object.entries(before))
      for (const [cell, old] of Object.entries(group)) {
        const name = `${application}/${cell}`
        if (!cell.endsWith('.tries') || steps.mayRestore.includes(name)) continue
        assert.ok(
          Number.parseInt(now[application]?.[cell] ?? '0', 16) <= Number.parseInt(old, 16),
          `${cut}: ${name} rose`,
        )
      }
  }

/** Without a PIN nothing that a PIN guards can be read, and no key at all; every application can be selected and works. */
export const nothingSecretReadable: Invariant = (card, { now }, cut) => {
  const send = (command: string) => hex(card.transmit(fromHex(command)))
  const keys = Object.values(now).flatMap((group) =>
    Object.entries(group).flatMap(([cell, content]) =>
      cell.endsWith('.key') || cell.endsWith('.pin') ? [content] : [],
    ),
  )
  const guarded = new Set([
    'jpki/0001',
    'jpki/0009',
    'juki/0001',
    'visual/0001',
    'visual/0002',
    'text/0001',
    'text/0002',
  ])
  for (const [name, aid] of Object.entries(AID)) {
    if (!(name in now)) continue
    assert.equal(send(`00A4040C${byte(aid.length / 2)}${aid}`), '9000', `${cut}: ${name} cannot be selected`)
    assert.match(send('0084000008'), /^.{16}9000$/, `${cut}: ${name} does not work`)
    for (let sfi = 1; sfi <= 0x1e; sfi++) {
      const response = send(`00B0${byte(0x80 | sfi)}00000000`)
      const sw = response.slice(-4)
      if (guarded.has(`${name}/00${byte(sfi)}`))
        assert.ok(sw === '6982' || sw === '6A82', `${cut}: ${name} ${byte(sfi)} answers ${sw}`)
      if (sw === '9000')
        for (const key of keys) assert.ok(key.length < 32 || !response.includes(key), `${cut}: a key is readable`)
    }
  }
}

/** The card still takes this PIN, or says why not by a counter that agrees with its memory. */
export const pinStillWorks =
  (application: keyof typeof AID, sfi: number, ...values: readonly string[]): Invariant =>
  (card, { now }, cut) => {
    const send = (command: string) => hex(card.transmit(fromHex(command)))
    const aid = AID[application]
    send(`00A4040C${byte(aid.length / 2)}${aid}`)
    const left = now[application]?.[`00${byte(sfi)}.tries`] ?? '00'
    assert.equal(
      send(`002000${byte(0x80 | sfi)}`),
      `63C${left.slice(1)}`,
      `${cut}: the counter told is not the counter kept`,
    )
    if (left === '00') return
    const answers = values.map((value) => {
      const trial = card.fork()
      trial.powerOn('contact')
      trial.transmit(fromHex(`00A4040C${byte(aid.length / 2)}${aid}`))
      return hex(trial.transmit(fromHex(`002000${byte(0x80 | sfi)}${byte(value.length)}${hex(Buffer.from(value))}`)))
    })
    assert.equal(answers.filter((sw) => sw === '9000').length, 1, `${cut}: not exactly one of the values is the PIN`)
  }
