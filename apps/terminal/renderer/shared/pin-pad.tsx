/** The keys a PIN is entered with: telephone order for digits, 36 keys for the sign PIN, and the same by keyboard. */
import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { PinBytes, type Typed } from './pin-bytes.ts'
import { usePreferences, useWords } from './preferences.tsx'
import { speakNow } from './speech.ts'
import { LANGUAGES } from './words/words.ts'

const DIGITS = [...'1234567890']
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const EMPTY: Typed = { count: 0, letter: false, digit: false }

export interface PinForm {
  readonly letters: boolean
  readonly minLength: number
  readonly maxLength: number
}

interface PinPadProps {
  readonly form: PinForm
  readonly onPin: (pin: Uint8Array) => void
}

export function PinPad({ form, onPin }: PinPadProps) {
  const bytes = useRef(new PinBytes())
  const [typed, setTyped] = useState(EMPTY)
  const words = useWords()
  const { language, speech } = usePreferences().preferences

  const after = (act: (pin: PinBytes) => void) => {
    act(bytes.current)
    const now = bytes.current.typed
    setTyped(now)
    // Never which key it was (F05): only that there is one more.
    if (speech) speakNow(words.speak('enterPin.entered', { count: now.count }), LANGUAGES[language].tag)
  }
  const add = (key: string) => after((pin) => pin.typed.count < form.maxLength && pin.add(key))
  const ready = typed.count >= form.minLength && (!form.letters || (typed.letter && typed.digit))
  const enter = () => {
    if (!ready) return
    const pin = bytes.current.take()
    setTyped(EMPTY)
    onPin(pin)
  }

  const onKey = useRef<(event: KeyboardEvent) => void>(() => {})
  onKey.current = (event) => {
    const key = event.key.toUpperCase()
    if (event.key === 'Backspace') after((pin) => pin.back())
    else if (/^[0-9]$/.test(key) || (form.letters && /^[A-Z]$/.test(key))) add(key)
    else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) enter()
  }
  useEffect(() => {
    const pin = bytes.current
    const listener = (event: KeyboardEvent) => onKey.current(event)
    document.addEventListener('keydown', listener)
    return () => {
      document.removeEventListener('keydown', listener)
      pin.clear()
    }
  }, [])

  return (
    <div className="pin-pad">
      <p className="pin-dots" aria-hidden="true">
        {'●'.repeat(typed.count)}
        {'○'.repeat(Math.max(0, form.minLength - typed.count))}
      </p>
      <p className="visually-hidden" role="status">
        {words.speak('enterPin.entered', { count: typed.count })}
      </p>
      {form.letters && <Rules typed={typed} form={form} />}
      <div className={form.letters ? 'keys keys-36' : 'keys keys-10'}>
        {(form.letters ? [...LETTERS, ...DIGITS] : DIGITS).map((key) => (
          <Button key={key} className={key === '0' ? 'key zero' : 'key'} onPress={() => add(key)}>
            {key}
          </Button>
        ))}
      </div>
      <div className="pin-actions">
        <Button className="button" isDisabled={typed.count === 0} onPress={() => after((pin) => pin.clear())}>
          {words.show('enterPin.clear')}
        </Button>
        <Button className="button" isDisabled={typed.count === 0} onPress={() => after((pin) => pin.back())}>
          {words.show('enterPin.back')}
        </Button>
        <Button className="button primary" isDisabled={!ready} onPress={enter}>
          {words.show('enterPin.ok')}
        </Button>
      </div>
    </div>
  )
}

function Rules({ typed, form }: { readonly typed: Typed; readonly form: PinForm }) {
  const words = useWords()
  const rules = [
    { key: 'rule.length', kept: typed.count >= form.minLength },
    { key: 'rule.letter', kept: typed.letter },
    { key: 'rule.digit', kept: typed.digit },
  ] as const
  return (
    <ul className="rules">
      {rules.map(({ key, kept }) => (
        <li key={key} data-kept={kept}>
          <span aria-hidden="true">{kept ? '✓ ' : '– '}</span>
          {words.show(key)}
        </li>
      ))}
    </ul>
  )
}
