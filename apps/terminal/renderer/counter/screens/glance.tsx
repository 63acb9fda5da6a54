/** The card on the resident's reader at a glance: state, PINs with tries left, certificates, applications, and whether the centre answers. */
import type { ReactNode } from 'react'
import type { Glance } from '../../../../../src/wire/staff-view.ts'
import type { PinStatus } from '../../../../../src/wire/view.ts'
import { Icon, type IconName } from '../../shared/icons.tsx'
import { usePreferences } from '../../shared/preferences.tsx'
import { tellDate, tellDay } from '../dates.ts'
import { type StaffTeller, useStaffWords } from '../words/staff-words.ts'
import { Problem } from './frame.tsx'

export function GlanceOf({ glance }: { readonly glance: Glance }) {
  const words = useStaffWords()
  const { language } = usePreferences().preferences
  const { serial, state, expires, faceAuth, unfinished } = glance
  const unknown = words.show('staff.card.unknown')
  return (
    <div className="glance">
      {unfinished > 0 && <Problem>{words.show('staff.card.unfinished', { count: unfinished })}</Problem>}
      <dl className="facts">
        <Fact name={words.show('staff.card.state')}>
          <b>{state === undefined ? unknown : words.show(`staff.state.${state}`)}</b>
          {faceAuth && (
            <>
              {' · '}
              {words.show('staff.card.faceAuth')}
            </>
          )}
        </Fact>
        <Fact name={words.show('staff.card.expires')}>
          {expires === undefined ? unknown : tellDate(expires, language)}
        </Fact>
        <Fact name={words.show('staff.card.serial')}>{serial ?? unknown}</Fact>
      </dl>
      <div className="glance-lists">
        {(glance.pins.length > 0 || glance.codeB !== undefined) && <PinList glance={glance} />}
        {glance.pins.length > 0 && <Certificates glance={glance} />}
        {glance.applications.length > 0 && (
          <section className="applications" aria-labelledby="applications">
            <h3 id="applications">{words.show('staff.card.applications')}</h3>
            <ul className="chips">
              {glance.applications.map(({ name, there }) => (
                <li key={name} data-there={there}>
                  <Mark good={there} text={words.speak(there ? 'staff.card.there' : 'staff.card.absent')} />
                  {words.show(`staff.application.${name}`)}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  )
}

export function BackendState({ backend }: { readonly backend: Glance['backend'] }) {
  const words = useStaffWords()
  return (
    <p className="backend" data-good={backend === 'good'}>
      <Icon name={backend === 'good' ? 'good' : 'alert'} />
      {words.show(`staff.backend.${backend}`)}
    </p>
  )
}

function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A sign, and for those who do not see it its word. */
function Mark({ good, text }: { readonly good: boolean; readonly text: string }) {
  return (
    <>
      <Icon name={good ? 'good' : 'missing'} />
      <span className="visually-hidden">{text} </span>
    </>
  )
}

export const triesOf = ({ state, triesLeft }: Pick<PinStatus, 'state' | 'triesLeft'>, words: StaffTeller): ReactNode =>
  state === 'good'
    ? words.show('staff.tries', { tries: triesLeft })
    : words.show(state === 'blocked' ? 'staff.blocked' : 'staff.card.none')

/** 照合番号B as if it were a PIN of its own. */
export const codeBStatus = (triesLeft: number): Pick<PinStatus, 'state' | 'triesLeft'> => ({
  state: triesLeft === 0 ? 'blocked' : 'good',
  triesLeft,
})

/** Before a card is handed over nobody has chosen a PIN: its counters stand at none, which is no lock. */
const BEFORE_DELIVERY = new Set<Glance['state']>(['applied', 'dispatched', 'setUp'])

function PinList({ glance: { pins, codeB, state } }: { readonly glance: Glance }) {
  const words = useStaffWords()
  const unset = BEFORE_DELIVERY.has(state)
  const line = (key: string, name: ReactNode, status: Pick<PinStatus, 'state' | 'triesLeft'>, waits = false) => (
    <tr key={key} data-state={status.state}>
      <th scope="row">
        <span className="with-icon">
          <Icon name={status.state as IconName} />
          {name}
        </span>
      </th>
      <td>
        <b>{waits ? words.show('staff.notChosen') : triesOf(status, words)}</b>
      </td>
    </tr>
  )
  return (
    <section aria-labelledby="pins">
      <h3 id="pins">{words.show('staff.card.pins')}</h3>
      <table>
        <tbody>
          {pins.map((status) => {
            const { pin, state } = status
            const waits = unset && state === 'blocked'
            return line(pin, words.show(`pin.${pin}`), waits ? { state: 'missing', triesLeft: 0 } : status, waits)
          })}
          {codeB !== undefined && line('codeB', words.show('staff.pin.codeB'), codeBStatus(codeB))}
        </tbody>
      </table>
    </section>
  )
}

function Certificates({ glance: { certificates } }: { readonly glance: Glance }) {
  const words = useStaffWords()
  const { language } = usePreferences().preferences
  return (
    <section aria-labelledby="certificates">
      <h3 id="certificates">{words.show('staff.card.certificates')}</h3>
      {certificates.length === 0 ? (
        <p className="empty">{words.show('staff.card.none')}</p>
      ) : (
        <table>
          <tbody>
            {certificates.map(({ kind, notAfter, state }) => (
              <tr key={kind} data-state={state === undefined ? 'unknown' : state === 'active' ? 'good' : 'blocked'}>
                <th scope="row">
                  <span className="with-icon">
                    <Icon name={state === undefined ? 'help' : state === 'active' ? 'good' : 'alert'} />
                    {words.show(`staff.certificate.${kind}`)}
                  </span>
                </th>
                <td>
                  <b>{words.show(state === undefined ? 'staff.card.unknown' : `staff.certificateState.${state}`)}</b>
                  {notAfter !== undefined && (
                    <span className="until">{words.show('staff.until', { date: tellDay(notAfter, language) })}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
