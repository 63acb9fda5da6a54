/** Everything about PINs: which one, its state, entering it, the last try. */
import { Button } from 'react-aria-components'
import type { PinName, PinStatus } from '../../../../../src/wire/view.ts'
import { type PinForm, PinPad } from '../pin-pad.tsx'
import { useWords } from '../preferences.tsx'
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
            className="button choice-button"
            isDisabled={status.state !== 'good'}
            onPress={() => host.answer<'choosePin'>(screen, { pin: status.pin })}
          >
            <span className="choice-name">{words.show(`pin.${status.pin}`)}</span>
            <span className="choice-note">
              <State {...status} />
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
    <Panel title={words.show('pinStatus.title')}>
      <dl className="statuses">
        {pins.map((status) => (
          <div key={status.pin} className="status" data-state={status.state}>
            <dt>{words.show(`pin.${status.pin}`)}</dt>
            <dd>
              <State {...status} />
            </dd>
          </div>
        ))}
      </dl>
      <Button className="button primary" onPress={() => host.answer<'pinStatus'>(screen, { seen: true })}>
        {words.show('next')}
      </Button>
    </Panel>
  )
}

/** Why a PIN cannot be chosen stands where its tries would (a disabled button says why). */
function State({ state, triesLeft }: PinStatus) {
  const words = useWords()
  return state === 'good' ? words.show('triesLeft', { tries: triesLeft }) : words.show(`pinState.${state}`)
}

export function EnterPin({ view, screen, host }: ScreenProps<'enterPin'>) {
  const words = useWords()
  const { pin, purpose, triesLeft, problem } = view
  return (
    <Panel title={words.show(`enterPin.${purpose}`, { pin: words.raw(`pin.${pin}`) })} onCancel={host.cancel}>
      {problem && (
        <p className="problem" role="alert">
          {words.show(`problem.${problem}`)}
        </p>
      )}
      <p className="lead">
        {purpose === 'current'
          ? words.show('enterPin.why')
          : words.show(pin === 'sign' ? 'pin.sign.rule' : 'pin.digits.rule')}
      </p>
      {triesLeft !== undefined && <p className="tries">{words.show('triesLeft', { tries: triesLeft })}</p>}
      <PinPad
        key={screen.prompt}
        form={FORMS[pin]}
        onPin={(bytes) => host.answer<'enterPin'>(screen, { entered: true }, bytes)}
      />
    </Panel>
  )
}

export function ConfirmLastTry({ view: { pin }, screen, host }: ScreenProps<'confirmLastTry'>) {
  const words = useWords()
  const answer = (goOn: boolean) => host.answer<'confirmLastTry'>(screen, { goOn })
  return (
    <Panel title={words.show('confirmLastTry.title')}>
      <p className="lead">{words.show('confirmLastTry.text', { pin: words.raw(`pin.${pin}`) })}</p>
      <div className="actions">
        <Button className="button" onPress={() => answer(false)}>
          {words.show('confirmLastTry.stop')}
        </Button>
        <Button className="button primary" onPress={() => answer(true)}>
          {words.show('confirmLastTry.goOn')}
        </Button>
      </div>
    </Panel>
  )
}
