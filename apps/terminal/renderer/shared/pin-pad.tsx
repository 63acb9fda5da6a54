/** Entering a PIN: what was typed as dots, the rules it keeps so far, and the keys – by touch and by keyboard. */
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { enteredSentence } from './announce.ts'
import { shuffledOrder, TELEPHONE } from './key-order.ts'
import { DigitKeys, LetterKeys, type PadKeys } from './pad-keys.tsx'
import { PinBytes, type Typed } from './pin-bytes.ts'
import { usePreferences, useWords } from './preferences.tsx'
import { speak } from './voice.ts'

const EMPTY: Typed = { count: 0, letter: false, digit: false }

export interface PinForm {
  readonly letters: boolean
  readonly minLength: number
  readonly maxLength: number
}

interface PinPadProps {
  readonly form: PinForm
  /** The operator wants the keys in another order for everybody: whoever looks on learns nothing from the hand. */
  readonly shuffled: boolean
  readonly onPin: (pin: Uint8Array) => void
}

export function PinPad({ form, shuffled, onPin }: PinPadProps) {
  const bytes = useRef(new PinBytes())
  const [typed, setTyped] = useState(EMPTY)
  const words = useWords()
  const { language, speech } = usePreferences().preferences

  // Who listens finds the keys by their places.
  const order = useMemo(() => (shuffled && !speech ? shuffledOrder() : TELEPHONE), [shuffled, speech])

  const after = (act: (pin: PinBytes) => void) => {
    act(bytes.current)
    const now = bytes.current.typed
    setTyped(now)
    if (speech) speak([enteredSentence(now.count, language)], language)
  }
  const [entered, wanted] = [useId(), useId()]
  const keys: PadKeys = {
    order,
    why: `${entered} ${wanted}`,
    add: (key) => after((pin) => pin.typed.count < form.maxLength && pin.add(key)),
    back: typed.count === 0 ? undefined : () => after((pin) => pin.back()),
    enter: isWhole(typed, form)
      ? () => {
          const pin = bytes.current.take()
          setTyped(EMPTY)
          onPin(pin)
        }
      : undefined,
  }
  useKeyboard(form, keys)
  useEffect(() => {
    const pin = bytes.current
    return () => pin.clear()
  }, [])

  return (
    <div className="pin-pad">
      <div className="entry">
        <p className="dots" aria-hidden="true">
          {Array.from({ length: Math.max(form.minLength, typed.count) }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: dots are their place
            <span key={i} className="dot" data-typed={i < typed.count} />
          ))}
        </p>
        <p id={entered} className="visually-hidden" role="status">
          {words.speak('enterPin.entered', { count: typed.count })}
        </p>
        {form.letters ? (
          <Rules id={wanted} typed={typed} form={form} />
        ) : (
          <p id={wanted} className="visually-hidden">
            {words.speak('rule.digits', { count: form.minLength })}
          </p>
        )}
      </div>
      {form.letters ? <LetterKeys {...keys} /> : <DigitKeys {...keys} />}
    </div>
  )
}

const isWhole = (typed: Typed, form: PinForm): boolean =>
  typed.count >= form.minLength && (!form.letters || (typed.letter && typed.digit))

function useKeyboard(form: PinForm, keys: PadKeys): void {
  const latest = useRef({ form, keys })
  latest.current = { form, keys }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { form, keys } = latest.current
      const key = event.key.toUpperCase()
      // A dialog over this screen has the keyboard, and shortcuts are the browser's.
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('[role=dialog]') !== null) return
      if (event.key === 'Backspace') keys.back?.()
      else if (/^[0-9]$/.test(key) || (form.letters && /^[A-Z]$/.test(key))) keys.add(key)
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) keys.enter?.()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function Rules({ id, typed, form }: { readonly id: string; readonly typed: Typed; readonly form: PinForm }) {
  const words = useWords()
  const rules = [
    { key: 'rule.length', kept: typed.count >= form.minLength },
    { key: 'rule.letter', kept: typed.letter },
    { key: 'rule.digit', kept: typed.digit },
  ] as const
  return (
    <ul id={id} className="rules">
      {rules.map(({ key, kept }) => (
        <li key={key} data-kept={kept}>
          <span aria-hidden="true">{kept ? '✓' : '–'}</span> {words.show(key)}
        </li>
      ))}
    </ul>
  )
}
