/** Contrast of the colours themselves (WCAG 2.2, 1.4.3 and its relative luminance): 7:1, and 10:1 in high contrast. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../house/tree.ts'

const css = read('apps/terminal/renderer/shared/colours.css')

function colours(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? ''
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value] as [string, string]),
  )
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Text, and everything it stands on. */
const PAIRS: readonly (readonly [text: string, ...grounds: string[]])[] = [
  ['ink', 'paper', 'ground', 'tint', 'warn-a', 'warn-b'],
  ['quiet', 'paper', 'ground'],
  ['main', 'paper', 'ground', 'tint'],
  ['on-main', 'main'],
  ['alert', 'paper', 'ground', 'alert-tint'],
  ['good', 'paper', 'ground', 'good-tint'],
  ['on-good', 'good'],
]

for (const { theme, selector, least } of [
  { theme: 'normal', selector: ':root', least: 7 },
  { theme: 'high contrast', selector: ':root[data-contrast="high"]', least: 10 },
])
  test(`${theme}: text has at least ${least}:1, the lines of a target 3:1`, () => {
    const of = colours(selector)
    const ratio = (a: string, b: string) => contrast(of.get(a) ?? '', of.get(b) ?? '')
    for (const [text, ...grounds] of PAIRS)
      for (const ground of grounds)
        assert.ok(ratio(text, ground) >= least, `${text} on ${ground}: ${ratio(text, ground).toFixed(2)}`)
    for (const ground of ['paper', 'ground']) assert.ok(ratio('line', ground) >= 3, `line on ${ground}`)
  })

test('the measure itself: black on white is 21:1', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21)
  assert.ok(Math.abs(contrast('#777777', '#ffffff') - 4.48) < 0.01)
})
