/** Everything about PINs: which one, its state, entering it, the last try. */
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import type { PinName, PinStatus } from '../../../../../src/wire/view.ts'
import { Icon } from '../icons.tsx'
import { type PinForm, PinPad } from '../pin-pad.tsx'
import { type Teller, useWords } from '../preferences.tsx'
import { Panel, type ScreenProps } from './frame.tsx'

const FOUR_DIGITS: PinForm = { letters: false, minLength: 4, maxLength: 4 }
const FORMS: Readonly<Record<PinName, PinForm>> = {
  sign: { letters: true, minLength: 6, maxLength: 16 },
  auth: FOUR_DIGITS,
  text: FOUR_DIGITS,
  juki: FOUR_DIGITS,
}

export function ChoosePin({ view: { pins }, screen, host }: ScreenProps<'choosePin'>) {
  const words = useWords()
  return (
    <Panel title={words.show('choosePin.title')} onCancel={host.cancel}>
      <div className="choices">
        {pins.map((status) => (
          <Button
            key={status.pin}
            className="button choice"
            isDisabled={status.state !== 'good'}
            onPress={() => host.answer<'choosePin'>(screen, { pin: status.pin })}
          >
            <Icon name={status.state === 'good' ? status.pin : status.state} />
            <span className="choice-words">
              <span className="choice-name">{words.show(`pin.${status.pin}`)}</span>
              <span className="choice-note">
                {status.state === 'good' ? words.show(`pin.${status.pin}.use`) : stateOf(status, words)}
              </span>
            </span>
          </Button>
        ))}
      </div>
    </Panel>
  )
}

export function PinStatusScreen({ view: { pins }, screen, host }: ScreenProps<'pinStatus'>) {
  const words = useWords()
  return (
    <Panel
      title={words.show('pinStatus.title')}
      actions={
        <Button className="button primary" onPress={() => host.answer<'pinStatus'>(screen, { seen: true })}>
          {words.show('finish')}
        </Button>
      }
    >
      <dl className="facts">
        {pins.map((status) => (
          <div key={status.pin} className="fact" data-state={status.state}>
            <dt>
              <Icon name={status.state} />
              {words.show(`pin.${status.pin}`)}
            </dt>
            <dd>{stateOf(status, words)}</dd>
          </div>
        ))}
      </dl>
      <p className="lead">{words.show('pinStatus.note')}</p>
    </Panel>
  )
}

const stateOf = ({ state, triesLeft }: PinStatus, words: Teller): ReactNode =>
  state === 'good' ? words.show('triesLeft', { tries: triesLeft }) : words.show(`pinState.${state}`)

export function EnterPin({ view, screen, host, place }: ScreenProps<'enterPin'>) {
  const words = useWords()
  const { pin, purpose, which, alsoFor, triesLeft, problem } = view
  const form = FORMS[pin]
  const hint = {
    current: 'enterPin.why',
    prove: 'enterPin.prove.why',
    new: 'pin.digits.rule',
    again: 'enterPin.same',
  } as const
  return (
    <Panel
      keys={
        <PinPad
          key={screen.prompt}
          form={form}
          shuffled={place?.keypad === 'shuffled'}
          onPin={(bytes) => host.answer<'enterPin'>(screen, { entered: true }, bytes)}
        />
      }
      about={
        <>
          <Icon name={pin} />
          {words.show(`pin.${pin}`)}
        </>
      }
      title={words.show(`enterPin.${which ?? purpose}`, { pin: words.raw(`pin.${pin}`) })}
      onCancel={host.cancel}
    >
      <div className="notes">
        {problem && (
          <p className="problem" role="alert">
            <Icon name="alert" />
            {words.show(`problem.${problem}`)}
          </p>
        )}
        {triesLeft !== undefined && <p className="tries">{words.show('triesLeft', { tries: triesLeft })}</p>}
        {alsoFor && <p className="lead needed">{words.show('enterPin.alsoFor')}</p>}
        {which && <p className="lead needed">{words.show('enterPin.cut')}</p>}
        {!(form.letters && purpose === 'new') && !problem && which === undefined && (
          <p className="lead">{words.show(hint[purpose])}</p>
        )}
      </div>
    </Panel>
  )
}

export function ConfirmLastTry({ view: { pin }, screen, host }: ScreenProps<'confirmLastTry'>) {
  const words = useWords()
  const answer = (goOn: boolean) => host.answer<'confirmLastTry'>(screen, { goOn })
  return (
    <Panel
      title={words.show('confirmLastTry.title')}
      actions={
        <>
          <Button className="button" onPress={() => answer(true)}>
            {words.show('confirmLastTry.goOn')}
          </Button>
          <Button className="button primary" onPress={() => answer(false)}>
            {words.show('confirmLastTry.stop')}
          </Button>
        </>
      }
    >
      <p className="problem">
        <Icon name="alert" />
        {words.show('confirmLastTry.text', { pin: words.raw(`pin.${pin}`) })}
      </p>
    </Panel>
  )
}

export function SamePin({ view: { pins }, screen, host }: ScreenProps<'samePin'>) {
  const words = useWords()
  const answer = (same: boolean) => host.answer<'samePin'>(screen, { same })
  return (
    <Panel
      title={words.show('samePin.title')}
      onCancel={host.cancel}
      actions={
        <>
          <Button className="button" onPress={() => answer(false)}>
            {words.show('samePin.each')}
          </Button>
          <Button className="button primary" onPress={() => answer(true)}>
            {words.show('samePin.same')}
          </Button>
        </>
      }
    >
      <ul className="facts">
        {pins.map((pin) => (
          <li key={pin} className="fact">
            <Icon name={pin} />
            {words.show(`pin.${pin}`)}
          </li>
        ))}
      </ul>
      <p className="lead">{words.show('samePin.text')}</p>
    </Panel>
  )
}
