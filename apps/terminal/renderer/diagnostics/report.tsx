/** One terminal in plain words: what it reads with, what it talks to, what waits, how turns ended. */
import { type ReactNode, useId } from 'react'
import { isFailureCode } from '../../../../src/base/failures/catalogue.ts'
import type { Diagnostics } from '../../../../src/wire/diagnostics.ts'
import { tellMoment } from '../counter/dates.ts'
import { usePreferences } from '../shared/preferences.tsx'
import { RubyText } from '../shared/words/ruby-text.tsx'
import { sayFailure } from '../shared/words/words.ts'
import { SaveButtons, type SaveReport } from './save.tsx'
import { type DiagnosticsTeller, faultKey, useDiagnosticsWords } from './words/diagnostics-words.ts'

interface ReportProps {
  readonly told: Diagnostics
  /** Where it may be saved: a page never does so itself, the host writes. */
  readonly save?: SaveReport
}

export function Report({ told, save }: ReportProps) {
  const words = useDiagnosticsWords()
  const { language } = usePreferences().preferences
  const heading = useId()
  const { reader, backend, journal, commands } = told
  const state = backend.endpoints === 0 ? 'alone' : backend.away ? 'away' : 'there'
  const failure = (code: string) =>
    isFailureCode(code) ? <RubyText>{sayFailure(language, code).happened}</RubyText> : code
  const facts: readonly (readonly [name: ReactNode, value: ReactNode, bad?: boolean])[] = [
    [words.show('diagnostics.role'), words.show(`diagnostics.role.${told.role}`)],
    [words.show('diagnostics.at'), tellMoment(told.at, language)],
    [
      words.show('diagnostics.reader'),
      <>
        {words.show(`diagnostics.reader.${reader.there}`)} {reader.problem && failure(reader.problem)}
      </>,
      reader.there === 'unusable',
    ],
    [
      words.show('diagnostics.backend'),
      words.show(`diagnostics.backend.${state}`, { count: backend.endpoints }),
      backend.away,
    ],
    [
      words.show('diagnostics.journal'),
      <>
        {words.show('diagnostics.journal.waiting', { writes: journal.writes, orders: journal.orders })}{' '}
        {journal.oldest !== undefined &&
          words.show('diagnostics.journal.oldest', { moment: tellMoment(journal.oldest, language) })}
      </>,
      journal.writes + journal.orders > 0,
    ],
    [words.show('diagnostics.commands'), commandsOf(commands, words)],
  ]
  return (
    <section className="terminal" aria-labelledby={heading}>
      <h2 id={heading}>
        {told.place}
        <span className="terminal-name">{told.terminal}</span>
      </h2>
      <dl className="state">
        {facts.map(([name, value, bad = false], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: always the same facts in the same order
          <div key={i} className="state-fact" data-bad={bad}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Turns told={told} failure={failure} />
      <Faults told={told} />
      <h3>{words.show('diagnostics.never')}</h3>
      <ul className="chips">
        {told.neverExported.map((what) => (
          <li key={what}>{words.show(`diagnostics.never.${what}`)}</li>
        ))}
      </ul>
      {save && <SaveButtons terminal={told.terminal} save={save} />}
    </section>
  )
}

const commandsOf = ({ count, p50, p95 }: Diagnostics['commands'], words: DiagnosticsTeller): ReactNode =>
  p50 === undefined || p95 === undefined
    ? words.show('diagnostics.commands.none', { count })
    : words.show('diagnostics.commands.times', { count, p50, p95 })

interface TurnsProps {
  readonly told: Diagnostics
  readonly failure: (code: string) => ReactNode
}

/** A line for each procedure; below the numbers, why turns did not come to their end. */
function Turns({ told: { turns }, failure }: TurnsProps) {
  const words = useDiagnosticsWords()
  const procedures = [...new Set(turns.map(({ procedure }) => procedure))]
  if (procedures.length === 0) return <p className="empty">{words.show('diagnostics.turns.none')}</p>
  const outcomes = ['completed', 'abandoned', 'failed'] as const
  return (
    <table>
      <caption>{words.show('diagnostics.turns')}</caption>
      <thead>
        <tr>
          <th scope="col">{words.show('diagnostics.procedure')}</th>
          {outcomes.map((outcome) => (
            <th key={outcome} scope="col" className="number">
              {words.show(`diagnostics.turns.${outcome}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {procedures.map((procedure) => {
          const own = turns.filter((turn) => turn.procedure === procedure)
          const sum = (outcome: string) =>
            own.reduce((all, turn) => all + (turn.outcome === outcome ? turn.count : 0), 0)
          return (
            <tr key={procedure}>
              <th scope="row">
                {words.show(`staff.procedure.${procedure}`)}
                {own
                  .filter(({ outcome }) => outcome !== 'completed')
                  .map(({ ending, count }) => (
                    <span key={ending} className="until">
                      {failure(ending)} ×{count}
                    </span>
                  ))}
              </th>
              {outcomes.map((outcome) => (
                <td key={outcome}>{sum(outcome)}</td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Faults({ told: { faults } }: { readonly told: Diagnostics }) {
  const words = useDiagnosticsWords()
  if (faults.length === 0) return <p className="empty">{words.show('diagnostics.faults.none')}</p>
  return (
    <table>
      <caption>{words.show('diagnostics.faults')}</caption>
      <tbody>
        {faults.map(({ kind, count }) => (
          <tr key={kind}>
            <th scope="row">
              {words.show(faultKey(kind))}
              <span className="code">{kind}</span>
            </th>
            <td>{words.show('diagnostics.times', { count })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
