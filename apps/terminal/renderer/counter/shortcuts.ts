/** Keys that act wherever the focus is. Function keys, Escape and Enter only: a letter may be somebody's typing (WCAG 2.1.4). */
import { useEffect, useRef } from 'react'

export type Shortcut = 'Enter' | 'Escape' | `F${number}`

/** While `act` is undefined the key does what it always does. */
export function useShortcut(key: Shortcut | undefined, act: (() => void) | undefined): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    if (key === undefined) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== key || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
      // A dialog over this screen has the keyboard, an input method its own Enter and Escape, a button its own Enter.
      if (event.isComposing || document.querySelector('[role=dialog]') !== null) return
      if (key === 'Enter' && event.target instanceof HTMLButtonElement) return
      if (latest.current === undefined) return
      event.preventDefault()
      latest.current()
    }
    // Before the field that has the focus: a radio button would keep Enter for itself.
    document.addEventListener('keydown', onKey, { capture: true })
    return () => document.removeEventListener('keydown', onKey, { capture: true })
  }, [key])
}
