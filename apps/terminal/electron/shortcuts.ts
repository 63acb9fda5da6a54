/**
 * Keys that a kiosk swallows (checklist row 18). A screen needs letters, digits, Enter, Backspace, Escape, Tab and the arrows; every chord
 * and every function key leads somewhere else. What the system keeps for itself (Ctrl+Alt+Del, the Windows key) is the matter of its
 * own kiosk profile.
 */
import type { Input } from 'electron'

export type Key = Pick<Input, 'key' | 'control' | 'alt' | 'meta' | 'shift'>

const NAMED = new Set(['Enter', 'Backspace', 'Delete', 'Escape', 'Tab', ' ', 'Home', 'End', 'Shift', 'Process'])
const ARROW = /^Arrow(Up|Down|Left|Right)$/

export function isSwallowed({ key, control, alt, meta }: Key): boolean {
  if (control || alt || meta) return true
  const typed = [...key].length === 1
  return !(typed || NAMED.has(key) || ARROW.test(key))
}
