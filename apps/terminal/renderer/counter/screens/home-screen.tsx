/** Signed in, nothing going on: the card at a glance, the resident, and the procedures – each that cannot be begun with its reason. */
import type { StaffViewOf, Startable } from '../../../../../src/wire/staff-view.ts'
import { DiagnosticsDialog } from '../../diagnostics/diagnostics-dialog.tsx'
import { usePreferences } from '../../shared/preferences.tsx'
import { tellDate } from '../dates.ts'
import type { StaffLink } from '../staff-link.ts'
import { useStaffWords } from '../words/staff-words.ts'
import { Act, type StaffScreenProps, Work } from './frame.tsx'
import { BackendState, GlanceOf } from './glance.tsx'
import { FailureLine } from './sign-in-screens.tsx'

export function Home({ view, host }: StaffScreenProps<'counter'>) {
  const words = useStaffWords()
  const { operator, procedures, card, cardProblem, person } = view
  return (
    <Work
      layout="full"
      title={words.show('staff.home.title')}
      leave={
        <p className="operator">
          {words.show('staff.operator')} <b>{operator}</b>
        </p>
      }
      actions={
        <>
          <DiagnosticsDialog ask={host.diagnostics} />
          <Act shortcut="F10" onPress={host.signOut}>
            {words.show('staff.home.signOut')}
          </Act>
        </>
      }
    >
      <div className="home">
        <section className="card-side" aria-labelledby="card">
          <div className="card-head">
            <h2 id="card">{words.show('staff.home.card')}</h2>
            {card && <BackendState backend={card.backend} />}
          </div>
          {cardProblem && <FailureLine failure={cardProblem} />}
          {card === undefined ? (
            !cardProblem && <p className="empty">{words.show('staff.home.noCard')}</p>
          ) : (
            <GlanceOf glance={card} />
          )}
        </section>
        <div className="deeds">
          <PersonBox person={person} host={host} />
          <section aria-labelledby="procedures">
            <h2 id="procedures">{words.show('staff.home.procedures')}</h2>
            <ol className="procedures">
              {procedures.map((one, i) => (
                <Procedure key={one.procedure} one={one} place={i + 1} host={host} />
              ))}
            </ol>
          </section>
        </div>
      </div>
    </Work>
  )
}

/** F9 and F10 are taken; no role offers more than eight. */
function Procedure({
  one,
  place,
  host,
}: {
  readonly one: Startable
  readonly place: number
  readonly host: StaffLink
}) {
  const words = useStaffWords()
  const { procedure, hindrance } = one
  const why = `why-${procedure}`
  return (
    <li>
      <Act
        icon={procedure}
        shortcut={`F${place}`}
        isDisabled={hindrance !== undefined}
        onPress={() => host.start(procedure)}
        {...(hindrance === undefined ? {} : { describedBy: why })}
      >
        {words.show(`staff.procedure.${procedure}`)}
      </Act>
      {hindrance && (
        <p className="why" id={why}>
          {words.show(`staff.hindrance.${hindrance}`)}
        </p>
      )}
    </li>
  )
}

function PersonBox({ person, host }: { readonly person: StaffViewOf<'counter'>['person']; readonly host: StaffLink }) {
  const words = useStaffWords()
  const { language } = usePreferences().preferences
  return (
    <section className="person" aria-labelledby="person">
      <h2 id="person">{words.show('staff.home.person')}</h2>
      {person === undefined ? (
        <p className="empty">{words.show('staff.home.noPerson')}</p>
      ) : (
        <p className="person-lines">
          <ruby className="person-name">
            {person.name}
            <rp>（</rp>
            <rt>{person.kana}</rt>
            <rp>）</rp>
          </ruby>
          <span>
            {tellDate(person.birth, language)}　{words.show(`staff.sex.${person.sex}`)}
          </span>
          <span>{person.address}</span>
        </p>
      )}
      <Act shortcut="F9" icon="search" onPress={host.search}>
        {words.show('staff.home.search')}
      </Act>
    </section>
  )
}
