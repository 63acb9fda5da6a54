/**
 * What a ruler on the screen would find: in millimetres where the face has such (`--mm`), else in CSS pixels. Runs in the page; plain
 * JavaScript, because this house has no DOM here.
 */
import type { Page } from 'playwright-core'

export interface Target {
  readonly name: string
  readonly width: number
  readonly height: number
  /** What is written on it does not fit on it. */
  readonly clipped: boolean
}

export interface Measured {
  readonly targets: readonly Target[]
  /** The smallest distance between two targets. */
  readonly gap: number
  /** Pixels by which something is wider than the panel. */
  readonly tooWide: number
  /** Keys of a PIN pad that are not wholly in sight without scrolling, the bars of the page over nothing of them. */
  readonly hidden: readonly string[]
  /** The lowest capitals of the text that is to be read, of the keys of a PIN pad, and of the words on keys. */
  readonly capitals: Readonly<Record<'text' | 'keys' | 'words', { readonly height: number; readonly of: string }>>
  /** English words that a line ends in the middle of. */
  readonly broken: readonly string[]
  /** Texts that are cut off, or squeezed into a column of a few letters. */
  readonly cut: readonly string[]
}

export const MEASURE = `(() => {
  const mm = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm')) || 1
  const dialog = document.querySelector('[role=dialog]')
  const seen = (e) => e.checkVisibility() && (dialog === null || dialog.contains(e))
  const elements = [...document.querySelectorAll('button, .radio, .option, .field > input')].filter(seen)
  const boxes = elements.map((e) => e.getBoundingClientRect())
  let gap = Infinity
  for (let i = 0; i < boxes.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [boxes[i], boxes[j]]
      // What scrolls under the bar is not next to it.
      if (elements[i].closest('.scroller') !== elements[j].closest('.scroller')) continue
      const x = Math.max(a.left - b.right, b.left - a.right, 0)
      const y = Math.max(a.top - b.bottom, b.top - a.bottom, 0)
      gap = Math.min(gap, Math.hypot(x, y))
    }
  const targets = elements.map((e, i) => ({
    name: e.textContent,
    width: boxes[i].width / mm,
    height: boxes[i].height / mm,
    clipped: e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1,
  }))
  const texts = [...document.querySelectorAll('h1, p:not(.visually-hidden), dt, dd, li, th, td, legend, label')].filter(seen)
  const em = (e) => Number.parseFloat(getComputedStyle(e).fontSize)
  const squeezed = (e) => e.matches('p') && e.textContent.length > 12 && e.clientWidth < 5 * em(e)
  const cut = texts.filter((e) => e.scrollWidth > e.clientWidth + 1 || squeezed(e)).map((e) => e.textContent)
  const areas = [document.documentElement, ...document.querySelectorAll('.scroller, .modal')]
  const tooWide = Math.max(...areas.map((e) => e.scrollWidth - e.clientWidth))
  // A point just inside each corner belongs to the key, whatever stands over or beside it.
  const corners = ({ left, right, top, bottom }) => [left, right].flatMap((x, i) => [top, bottom].map((y, j) => [x + 9 - 18 * i, y + 9 - 18 * j]))
  const inSight = (e, i) => corners(boxes[i]).every(([x, y]) => e.contains(document.elementFromPoint(x, y)))
  const hidden = elements.filter((e, i) => e.closest('.pin-pad') !== null && !inSight(e, i)).map((e) => e.textContent)
  // The height of a capital, as a part of the size of the font.
  const pen = (globalThis.pen ??= document.createElement('canvas').getContext('2d'))
  pen.font = '100px ' + getComputedStyle(document.body).fontFamily
  const capital = (globalThis.capital ??= pen.measureText('H').actualBoundingBoxAscent / 100)
  const capitals = { text: { height: Infinity }, keys: { height: Infinity }, words: { height: Infinity } }
  const broken = []
  // Readings stand over what they belong to; the code of a failure is meant to be small; a strip says that this is a simulation.
  const aside = 'rt, rp, svg, .code, .simulated, .visually-hidden, [aria-hidden]'
  for (let walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walk.nextNode(); ) {
    const { parentElement, data } = walk.currentNode
    if (data.trim() === '' || parentElement.closest(aside) !== null || !seen(parentElement)) continue
    if (document.documentElement.lang === 'en')
      for (const { 0: word, index } of data.matchAll(/[A-Za-z]{3,}/g)) {
        const range = document.createRange()
        range.setStart(walk.currentNode, index)
        range.setEnd(walk.currentNode, index + word.length)
        if (range.getClientRects().length > 1) broken.push(word)
      }
    const what = parentElement.closest('.word-key') ? 'words' : parentElement.closest('.key') ? 'keys' : 'text'
    const height = (em(parentElement) * capital) / mm
    if (height < capitals[what].height) capitals[what] = { height, of: data }
  }
  return { targets, gap: gap / mm, tooWide, hidden, cut, broken, capitals }
})()`

/** How a page is looked at: attributes and style properties of its root element. */
export interface Look {
  readonly panel?: string
  readonly size?: 'normal' | 'large' | 'largest'
  /** Text so many times its size (WCAG 1.4.4). */
  readonly scale?: number
}

export const nameOfLook = ({ panel, size, scale }: Look): string =>
  [panel && `${panel}"`, size, scale && `×${scale}`].filter(Boolean).join(', ')

const LOOK_SO = `(({ panel, size, scale }) => {
  const { dataset, style } = document.documentElement
  if (panel !== undefined) dataset.panel = panel
  if (size !== undefined) dataset.size = size
  if (scale === undefined) style.removeProperty('--scale')
  else style.setProperty('--scale', scale)
})`

export const lookSo = (page: Page, look: Look): Promise<unknown> => page.evaluate(`${LOOK_SO}(${JSON.stringify(look)})`)

/** The screen that is shown, measured in each of these looks; by the capitals of the face's own font, which comes when it is asked for. */
export const measureAll = (page: Page, looks: readonly Look[]): Promise<Measured[]> =>
  page.evaluate<Measured[]>(`document.fonts
    .load('100px ' + getComputedStyle(document.body).fontFamily, 'H')
    .then(() => ${JSON.stringify(looks)}.map((look) => (${LOOK_SO}(look), ${MEASURE})))`)
