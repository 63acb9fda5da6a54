/** The PIN of a staff card, typed with the keyboard: bytes on their way to the hall, here only how many they are. */
import { useEffect, useRef, useState } from 'react'
import { PinBytes } from '../shared/pin-bytes.ts'
import { Act } from './screens/frame.tsx'
import { useStaffWords } from './words/staff-words.ts'

/** 利用者証明用 of a staff card has four digits; a card of another make may have more. The hall is the judge. */
const SHORTEST = 4

export function StaffPin({ onPin }: { readonly onPin: (pin: Uint8Array) => void }) {
  const bytes = useRef(new PinBytes())
  const [count, setCount] = useState(0)
  const words = useStaffWords()
  const enter = () => {
    const pin = bytes.current.take()
    setCount(0)
    onPin(pin)
  }

  useEffect(() => {
    const pin = bytes.current
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('[role=dialog]') !== null) return
      if (event.key === 'Backspace') pin.back()
      else if (/^[0-9A-Za-z]$/.test(event.key)) pin.add(event.key.toUpperCase())
      setCount(pin.typed.count)
    }
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      pin.clear()
    }
  }, [])

  return (
    <div className="staff-pin">
      <p className="dots" aria-hidden="true">
        {Array.from({ length: Math.max(SHORTEST, count) }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dots are their place
          <span key={i} className="dot" data-typed={i < count} />
        ))}
      </p>
      <p className="visually-hidden" role="status">
        {words.speak('enterPin.entered', { count })}
      </p>
      <p className="lead" id="staff-pin-how">
        {words.show('staff.pin.how')}
      </p>
      <Act look="primary" shortcut="Enter" describedBy="staff-pin-how" isDisabled={count < SHORTEST} onPress={enter}>
        {words.show('enterPin.ok')}
      </Act>
    </div>
  )
}
