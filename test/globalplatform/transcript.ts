/** Reads the transcripts of `transcripts/` and plays them to a card; the first difference is an error with its line. */

import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { loadFileDataBlock, parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { perform } from '../../src/applications/globalplatform/gp-command.ts'
import { type KeySet, keySet } from '../../src/applications/globalplatform/key-set.ts'
import { loadCommands, loadFile } from '../../src/applications/globalplatform/load.ts'
import { putKeySet } from '../../src/applications/globalplatform/put-key.ts'
import { openSecureChannel, type SecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { concat } from '../../src/base/bytes.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { decodeCommand } from '../../src/card/command.ts'
import type { Transmit } from '../../src/card/layers/layer.ts'

export type Step =
  | {
      readonly line: number
      readonly kind: 'exchange'
      readonly command: string
      readonly bare: boolean
      readonly answer: RegExp
    }
  | { readonly line: number; readonly kind: 'directive'; readonly words: readonly string[] }

/** The package every transcript loads: one applet, as the card must know nothing of what it would do. */
export const TRANSCRIPT_CAP = buildCapFile({
  package: { aid: fromHex('F00000000101'), major: 1, minor: 0 },
  applets: [fromHex('F0000000010101')],
  codeSize: 700,
})

/** Throws Error with the line of whatever is not of the form the first transcript describes. */
export function parseTranscript(text: string): readonly Step[] {
  const steps: Step[] = []
  let pending: { line: number; command: string; bare: boolean } | undefined
  for (const [i, raw] of text.split('\n').entries()) {
    const line = i + 1
    const words = raw
      .slice(1)
      .split(/\s+/)
      .filter((word) => word !== '')
    if (raw === '' || raw.startsWith('#')) continue
    if (pending !== undefined && !raw.startsWith('<')) throw new Error(`line ${line}: an answer is missing`)
    if (raw.startsWith('>')) {
      const [command = '', bare] = words
      if (decodeCommand(fromHex(command)) === undefined) throw new Error(`line ${line}: ${command} is no command`)
      pending = { line, command, bare: bare === 'bare' }
    } else if (raw.startsWith('<') && pending) {
      steps.push({ kind: 'exchange', ...pending, answer: pattern(words.join('')) })
      pending = undefined
    } else if (raw.startsWith('@')) steps.push({ line, kind: 'directive', words })
    else throw new Error(`line ${line}: neither comment, command, answer nor directive`)
  }
  return steps
}

/** `..` any byte, `*` any bytes, `|` between status words at the end. */
function pattern(text: string): RegExp {
  const alternatives = text
    .split('|')
    .map((part) => part.replace(/\.\./g, '[0-9A-F]{2}').replace(/\*/g, '(?:[0-9A-F]{2})*'))
  const [first = '', ...others] = alternatives
  const words = [first.slice(-4), ...others]
  return new RegExp(`^${first.slice(0, -4)}(?:${words.join('|')})$`)
}

const KEYS: Readonly<Record<string, KeySet>> = {
  test: keySet(
    0x00,
    Uint8Array.from({ length: 16 }, (_, i) => 0x40 + i),
  ),
  own: keySet(
    0x01,
    Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i),
  ),
}

export interface TranscriptCard {
  readonly transmit: Transmit
  readonly reset: () => void
}

/** Plays every step. Throws Error naming line, command and answer at the first difference. */
export async function replay(steps: readonly Step[], card: TranscriptCard): Promise<number> {
  let channel: SecureChannel | undefined
  const through = (bare = false): Transmit => (channel && !bare ? channel.transmit : card.transmit)
  for (const step of steps) {
    if (step.kind === 'exchange') {
      // A selection ends the channel.
      if (step.bare) channel = undefined
      const answer = hex(await through(step.bare)(fromHex(step.command)))
      if (!step.answer.test(answer))
        throw new Error(`line ${step.line}: ${step.command} was answered ${answer}, not ${step.answer}`)
    } else channel = await direct(step.words, channel, card)
  }
  return steps.length
}

async function direct(words: readonly string[], channel: SecureChannel | undefined, card: TranscriptCard) {
  const [name, first = '', second = '', third = '', le] = words
  if (name === 'reset') return void card.reset()
  if (name === 'channel') {
    // One of the two clients sends Le with EXTERNAL AUTHENTICATE.
    const transmit: Transmit = (apdu) =>
      card.transmit(apdu[1] === 0x82 && le === 'le' ? concat(apdu, Uint8Array.of(0)) : apdu)
    const level = Number.parseInt(first, 16) as 0x01
    const random = { bytes: (length: number) => Uint8Array.from({ length }, (_, i) => i * 17) }
    const opened = await openSecureChannel({
      transmit,
      keys: keysOf(third),
      level,
      version: Number.parseInt(second, 16),
      random,
    })
    return opened
  }
  if (channel === undefined) throw new Error(`@${name} without a channel`)
  if (name === 'load')
    for (const command of loadCommands(loadFile(loadFileDataBlock(parseCapFile(TRANSCRIPT_CAP))), Number(first)))
      await perform(channel.transmit, command)
  else if (name === 'putkeys') {
    const echoed = await perform(
      channel.transmit,
      putKeySet(channel.keys.dek, keysOf(third), Number.parseInt(first, 16)),
    )
    if (!echoed) throw new Error('@putkeys: the card echoes other check values')
  } else throw new Error(`there is no @${name}`)
  return channel
}

function keysOf(name: string): KeySet {
  const keys = KEYS[name]
  if (keys === undefined) throw new Error(`there is no key set ${name}`)
  return keys
}
