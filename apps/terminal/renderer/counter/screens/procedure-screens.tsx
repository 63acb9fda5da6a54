/** While a procedure runs: the resident acts, the card works, which PIN, the self-test, and both endings. */
import type { StaffAnswers, StaffViewOf } from '../../../../../src/wire/staff-view.ts'
import type { View } from '../../../../../src/wire/view.ts'
import { Icon } from '../../shared/icons.tsx'
import { usePreferences } from '../../shared/preferences.tsx'
import { RubyText } from '../../shared/words/ruby-text.tsx'
import { sayFailure } from '../../shared/words/words.ts'
import type { CounterKey } from '../words/staff-catalogue.ts'
import { useStaffWords } from '../words/staff-words.ts'
import { Act, type StaffScreenProps, Work } from './frame.tsx'
import { codeBStatus, triesOf } from './glance.tsx'

const DOING: Readonly<Partial<Record<View['kind'], CounterKey>>> = {
  insertCard: 'staff.doing.insertCard',
  keepCard: 'staff.doing.keepCard',
  choosePin: 'staff.doing.choosePin',
  enterPin: 'staff.doing.enterPin',
  confirmLastTry: 'staff.doing.confirmLastTry',
  pinStatus: 'staff.doing.pinStatus',
  stillThere: 'staff.doing.stillThere',
  takeCard: 'staff.doing.takeCard',
  done: 'staff.doing.done',
  failed: 'staff.doing.failed',
}
/** A host that is newer than this screen may name a view that it has no words for. */
const doingKey = (doing: string): CounterKey => DOING[doing as View['kind']] ?? 'staff.doing.other'

export function ResidentActs({ view: { procedure, doing }, host }: StaffScreenProps<'residentActs'>) {
  const words = useStaffWords()
  return (
    <Work
      title={words.show('staff.resident.title')}
      leave={
        <Act look="leave" shortcut="Escape" onPress={host.cancel}>
          {words.show('staff.stop')}
        </Act>
      }
    >
      <dl className="facts large">
        <div className="fact">
          <dt>{words.show('staff.home.procedures')}</dt>
          <dd>{words.show(`staff.procedure.${procedure}`)}</dd>
        </div>
        <div className="fact">
          <dt>{words.show('staff.doing')}</dt>
          <dd>
            <span role="status">{words.show(doingKey(doing))}</span>
          </dd>
        </div>
      </dl>
      <p className="lead">{words.show('staff.resident.how')}</p>
    </Work>
  )
}

export function Working({ view: { step, steps } }: StaffScreenProps<'working'>) {
  const words = useStaffWords()
  return (
    <Work title={words.show('staff.working.title')}>
      <progress value={step} max={steps + 1} aria-label={words.speak('staff.working.title')} />
      <p className="lead">{words.show('staff.working.how')}</p>
    </Work>
  )
}

export function ChoosePinToReset({ view: { pins, codeB }, screen, host }: StaffScreenProps<'choosePinToReset'>) {
  const words = useStaffWords()
  type Chosen = Exclude<StaffAnswers['choosePinToReset'], { back: true }>['pin']
  const choose = (pin: Chosen) => host.answer<'choosePinToReset'>(screen, { pin })
  const there = pins.filter(({ state }) => state !== 'missing')
  return (
    <Work
      title={words.show('staff.choosePin.title')}
      leave={
        <Act look="leave" shortcut="Escape" onPress={() => host.answer<'choosePinToReset'>(screen, { back: true })}>
          {words.show('staff.back')}
        </Act>
      }
    >
      <ol className="procedures">
        {there.map((status, i) => (
          <li key={status.pin}>
            <Act icon={status.pin} shortcut={`F${i + 1}`} onPress={() => choose(status.pin)}>
              {words.show(`pin.${status.pin}`)}
            </Act>
            <p className="why" data-state={status.state}>
              {triesOf(status, words)}
            </p>
          </li>
        ))}
        {codeB !== undefined && (
          <li>
            <Act icon="blocked" shortcut={`F${there.length + 1}`} onPress={() => choose('codeB')}>
              {words.show('staff.pin.codeB')}
            </Act>
            <p className="why" data-state={codeBStatus(codeB).state}>
              {triesOf(codeBStatus(codeB), words)} – {words.show('staff.choosePin.codeB.use')}
            </p>
          </li>
        )}
      </ol>
    </Work>
  )
}

type Part = NonNullable<StaffViewOf<'selfTest'>['items'][number]['failed']>[number]
const partKey = (part: Part): CounterKey =>
  part === 'sign' || part === 'auth' ? `staff.certificate.${part}` : `staff.application.${part}`

export function SelfTest({ view: { items }, screen, host }: StaffScreenProps<'selfTest'>) {
  const words = useStaffWords()
  const good = items.every(({ passed }) => passed)
  const answer = (handOver: boolean) => host.answer<'selfTest'>(screen, { handOver })
  return (
    <Work
      alert={!good}
      title={words.show('staff.selfTest.title')}
      leave={
        <Act look="leave" shortcut="Escape" onPress={() => answer(false)}>
          {words.show('staff.selfTest.keep')}
        </Act>
      }
      actions={
        // P7: what did not pass is not handed over.
        good && (
          <Act look="primary" shortcut="Enter" onPress={() => answer(true)}>
            {words.show('staff.selfTest.handOver')}
          </Act>
        )
      }
    >
      <p className="lead">{words.show(good ? 'staff.selfTest.good' : 'staff.selfTest.bad')}</p>
      <table className="self-test">
        <tbody>
          {items.map(({ item, passed, failed = [] }) => (
            <tr key={item} data-state={passed ? 'good' : 'blocked'}>
              <th scope="row">
                <span className="with-icon">
                  <Icon name={passed ? 'good' : 'alert'} />
                  {words.show(`staff.selfTest.${item}`)}
                </span>
              </th>
              <td>
                <b>{words.show(passed ? 'staff.selfTest.passed' : 'staff.selfTest.notPassed')}</b>
                {failed.map((part) => (
                  <span key={part} className="until">
                    {words.show(partKey(part))}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Work>
  )
}

export function StaffDone({ view: { procedure, reference }, screen, host }: StaffScreenProps<'done'>) {
  const words = useStaffWords()
  return (
    <Work
      title={words.show('staff.done.title')}
      actions={
        <Act look="primary" shortcut="Enter" onPress={() => host.answer<'done'>(screen, { seen: true })}>
          {words.show('staff.close')}
        </Act>
      }
    >
      <p className="backend large" data-good="true">
        <Icon name="good" />
        {words.show(`staff.procedure.${procedure}`)}
      </p>
      {reference !== undefined && (
        <p className="code">
          {words.show('done.reference')} {reference}
        </p>
      )}
    </Work>
  )
}

/** In the order of every failure: what happened, is the card safe, what to do, whom to call; the code small at the bottom. */
export function StaffFailed({ view: { failure, detail }, screen, host }: StaffScreenProps<'failed'>) {
  const words = useStaffWords()
  const { happened, cardIsSafe, toDo, call } = sayFailure(usePreferences().preferences.language, failure)
  const lines = [
    { key: 'failed.card', text: cardIsSafe },
    { key: 'failed.toDo', text: toDo },
    { key: 'failed.call', text: call },
  ] as const
  return (
    <Work
      alert
      title={<RubyText>{happened}</RubyText>}
      actions={
        <Act look="primary" shortcut="Enter" onPress={() => host.answer<'failed'>(screen, { seen: true })}>
          {words.show('staff.close')}
        </Act>
      }
    >
      <dl className="facts large">
        {lines
          .filter(({ text }) => text !== '')
          .map(({ key, text }) => (
            <div key={key} className="fact">
              <dt>{words.show(key)}</dt>
              <dd>
                <RubyText>{text}</RubyText>
              </dd>
            </div>
          ))}
      </dl>
      <p className="code">
        {words.show('failed.code')} {failure}
        {detail && ` – ${detail}`}
      </p>
    </Work>
  )
}
