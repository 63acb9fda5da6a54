/**
 * The keys of a PIN pad: digits in telephone order; for the sign PIN 26 letters beside them. A narrow panel has no room for 36 keys of
 * 20 mm, so there the letters come in halves, one group of keys at a time.
 */
import { useState } from 'react'
import { Button, ToggleButton } from 'react-aria-components'
import type { KeyOrder } from './key-order.ts'
import { useWords } from './preferences.tsx'

export interface PadKeys {
  readonly order: KeyOrder
  readonly add: (key: string) => void
  /** Undefined when nothing was typed. */
  readonly back: (() => void) | undefined
  /** Undefined until the PIN is whole. */
  readonly enter: (() => void) | undefined
  /** Ids of what says how many characters there are, and which are wanted: why a key cannot be pressed yet. */
  readonly why: string
}

const HALF = 13

export function DigitKeys(keys: PadKeys) {
  return (
    <div className="keys digits">
      <Keys names={keys.order.digits.slice(0, 9)} {...keys} />
      <Back {...keys} />
      <Keys names={keys.order.digits.slice(9)} {...keys} />
      <Enter {...keys} />
    </div>
  )
}

export function LetterKeys(keys: PadKeys) {
  const [group, setGroup] = useState<'A–M' | 'N–Z' | '0–9'>('A–M')
  return (
    <div className="keyboard" data-group={group}>
      <div className="groups">
        {(['A–M', 'N–Z', '0–9'] as const).map((name) => (
          <ToggleButton key={name} className="button group" isSelected={group === name} onChange={() => setGroup(name)}>
            {name}
          </ToggleButton>
        ))}
      </div>
      {(['A–M', 'N–Z'] as const).map((name, half) => (
        <div key={name} className="keys letters" data-name={name}>
          <Keys names={keys.order.letters.slice(half * HALF, (half + 1) * HALF)} {...keys} />
          <Back {...keys} />
          <Enter {...keys} />
        </div>
      ))}
      <div className="keyboard-digits" data-name="0–9">
        <DigitKeys {...keys} />
      </div>
    </div>
  )
}

function Keys({ names, add }: PadKeys & { readonly names: readonly string[] }) {
  return names.map((name) => (
    <Button key={name} className="key" onPress={() => add(name)}>
      {name}
    </Button>
  ))
}

function Back({ back, why }: PadKeys) {
  const words = useWords()
  return (
    <Button
      aria-describedby={why}
      className="key word-key back"
      isDisabled={back === undefined}
      onPress={() => back?.()}
    >
      {words.show('enterPin.back')}
    </Button>
  )
}

function Enter({ enter, why }: PadKeys) {
  const words = useWords()
  return (
    <Button
      aria-describedby={why}
      className="key word-key enter"
      isDisabled={enter === undefined}
      onPress={() => enter?.()}
    >
      {words.show('enterPin.ok')}
    </Button>
  )
}
