/**
 * Step scanning for whoever has one button – a switch that types Space or Enter, or a tap anywhere: the targets are marked one after the
 * other, and the button presses the marked one. Where there are many, rows first, then the targets of the row.
 */
import { useEffect, useRef } from 'react'

const STEP_MS = 1500
/** More than these are gone through in rows. */
const FEW = 6
/** Times through a row before it is left again. */
const ROUNDS = 2

type Targets = readonly HTMLElement[]

/** Anew whenever `screen` changes; off while undefined. */
export function useScanning(screen: string | undefined): void {
  const scan = useRef<Scan>(undefined)
  useEffect(() => {
    if (screen === undefined) return
    const now = new Scan()
    scan.current = now
    const press = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== ' ' && event.key !== 'Enter') return
      event.preventDefault()
      event.stopImmediatePropagation()
      const begins =
        event.type === 'pointerdown' || (event instanceof KeyboardEvent && event.type === 'keydown' && !event.repeat)
      if (begins) now.press()
    }
    // What this module presses itself is a click without a pointer and goes its way.
    const click = (event: MouseEvent) => event.detail > 0 && press(event)
    const kinds = ['keydown', 'keyup', 'pointerdown', 'pointerup', 'mousedown', 'mouseup'] as const
    for (const kind of kinds) document.addEventListener(kind, press, { capture: true })
    document.addEventListener('click', click, { capture: true })
    return () => {
      now.stop()
      for (const kind of kinds) document.removeEventListener(kind, press, { capture: true })
      document.removeEventListener('click', click, { capture: true })
    }
  }, [screen])
}

class Scan {
  readonly #timer = setInterval(() => this.#step(), STEP_MS)
  /** Undefined: rows are gone through, or everything where there is little. */
  #row: Targets | undefined
  #at = -1
  #marked: Targets = []

  press(): void {
    const marked = this.#marked
    const [target] = marked
    if (marked.length > 1) this.#row = marked
    else if (target !== undefined) this.#row = undefined
    this.#at = -1
    if (marked.length === 1 && target !== undefined) {
      this.#mark([])
      pressed(target)
    } else this.#step()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#mark([])
  }

  #step(): void {
    const targets = targetsNow()
    if (this.#row?.some((target) => !targets.includes(target))) this.#row = undefined
    this.#at++
    if (this.#row !== undefined && this.#at >= this.#row.length * ROUNDS) {
      this.#row = undefined
      this.#at = 0
    }
    const ones = (this.#row ?? targets).map((one) => [one])
    const groups = this.#row === undefined && targets.length > FEW ? rows(targets) : ones
    this.#mark(groups[this.#at % Math.max(1, groups.length)] ?? [])
  }

  #mark(targets: Targets): void {
    for (const target of this.#marked) delete target.dataset['scanned']
    this.#marked = targets
    for (const target of targets) target.dataset['scanned'] = 'true'
    targets[0]?.scrollIntoView({ block: 'nearest' })
  }
}

/** A button is pressed; what scrolls goes on by what was seen of it, and back to its beginning from its end. */
function pressed(target: HTMLElement): void {
  if (!target.matches(SCROLLS)) {
    target.click()
    return
  }
  const { scrollTop, scrollHeight, clientHeight } = target
  const ended = scrollTop + clientHeight >= scrollHeight - 2
  target.scrollTo({ top: ended ? 0 : scrollTop + clientHeight * 0.7 })
}

/** Where there is more than can be seen (`scroll-area.tsx`). */
const SCROLLS = '.scroller[role=region]'

/** What can be pressed now; while a dialog is open, what is in it. */
function targetsNow(): HTMLElement[] {
  const within = document.querySelector('[role=dialog]') ?? document
  return [...within.querySelectorAll<HTMLElement>(`button:not([disabled]), .radio, ${SCROLLS}`)].filter((one) =>
    one.checkVisibility(),
  )
}

/** Targets that begin at the same height belong together. */
function rows(targets: Targets): Targets[] {
  const byTop = new Map<number, HTMLElement[]>()
  for (const target of targets) {
    const top = Math.round(target.getBoundingClientRect().top / 8)
    byTop.set(top, [...(byTop.get(top) ?? []), target])
  }
  return [...byTop.values()]
}
