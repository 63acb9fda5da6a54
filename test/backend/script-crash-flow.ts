/**
 * A renewal by script as a terminal with a journal does it, in a process that may die anywhere and come back. What outlives it: the database,
 * the card (a file, written after every command), and the journal of scripts received and reports to be sent.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { scriptKey } from '../../src/backend/scripts/script-key.ts'
import { SCRIPT_CRASH_POINTS } from '../../src/backend/scripts/scripts.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import type { CardScript, ScriptReport } from '../../src/wire/card-script.ts'
import { TERMINAL } from './fixture.ts'
import { chip, opener, PINS, placeOf, scriptBackend } from './script-fixture.ts'
import { Relay } from './script-relay.ts'

export const SCRIPT_PLACES = [...SCRIPT_CRASH_POINTS, 'relay.before', 'relay.after', 'relay.reported'] as const

export interface ScriptFlow {
  readonly place: StorePlace
  readonly folder: string
  /** Which card; each has a file and a journal of its own. */
  readonly number: number
}

type Line = { readonly script: CardScript } | { readonly report: ScriptReport } | { readonly finished: unknown }

/** Goes on where the journal ends; gives what the session finished with. */
export async function runScriptFlow({ place, folder, number }: ScriptFlow, crash: (point: string) => void) {
  const backend = await scriptBackend(place, crash)
  const { parts, service } = backend
  const cardPath = join(folder, `card-${number}.json`)
  const journalPath = join(folder, `journal-${number}.log`)
  const journal = (): readonly Line[] =>
    existsSync(journalPath)
      ? readFileSync(journalPath, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
      : []
  const write = (line: Line) => appendFileSync(journalPath, `${JSON.stringify(line)}\n`)
  const serial = await backend.register(number)
  const kept = existsSync(cardPath) ? readFileSync(cardPath, 'utf8') : undefined
  const card = kept === undefined ? await chip(number) : SimulatedCard.fromImage(JSON.parse(kept))
  card.powerOn('contact')
  const { publicKey } = await scriptKey(parts)
  try {
    let received: CardScript | undefined
    for (;;) {
      const last = journal().at(-1)
      if (last === undefined) {
        const ask = { procedure: 'certificate', kind: 'auth' } as const
        received = await service.open(serial, ask, { ...opener(TERMINAL, placeOf(ask)), key: `open ${serial}` })
        write({ script: received })
      } else if ('finished' in last) {
        return last.finished as { readonly issuer: string; readonly serial: number }
      } else if ('script' in last) {
        // A script that an earlier life got: how far the card came with it nobody knows.
        const { script } = last
        const lost: ScriptReport = { seq: script.seq, answers: [], stopped: 'noAnswer' }
        write({ report: received === undefined ? lost : await relayed(script) })
        crash('relay.reported')
      } else {
        const reply = await service.next(sessionOf(journal()), last.report, TERMINAL)
        if (reply.kind === 'refused') throw new Error(`flow: refused ${reply.code} ${reply.detail}`)
        received = reply.kind === 'script' ? reply.script : undefined
        write(reply.kind === 'script' ? { script: reply.script } : { finished: reply.result })
      }
    }
  } finally {
    await parts.store.close()
  }

  async function relayed(script: CardScript): Promise<ScriptReport> {
    const relay = new Relay(card, { pins: { ...PINS } }, publicKey, script)
    relay.state = { ...relay.state, seq: script.seq - 1 }
    relay.around = (place) => {
      if (place === 'after') writeFileSync(cardPath, JSON.stringify(card.toImage()))
      crash(`relay.${place}`)
    }
    return relay.run(script)
  }
}

function sessionOf(lines: readonly Line[]): string {
  const [first] = lines
  if (first === undefined || !('script' in first)) throw new Error('flow: a journal without a beginning')
  return first.script.session
}
