import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CardImageError, formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { IMAGE } from './card.ts'

/** The image's text with the value at a path replaced; `undefined` takes it away. */
function broken(path: string, value: unknown): string {
  const image = JSON.parse(formatCardImage(IMAGE))
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  const parent = steps.reduce((at, step) => at[step], image)
  parent[last] = value
  return JSON.stringify(image)
}

describe('card image files', () => {
  test('survive the way to text and back, and the way through a card', () => {
    const text = formatCardImage(IMAGE)
    const image = parseCardImage(text)
    assert.equal(formatCardImage(image), text)
    assert.equal(formatCardImage(SimulatedCard.fromImage(image).toImage()), text)
  })

  test('one cell a line, sorted, whatever the order was', () => {
    const shuffled = { ...IMAGE, cells: Object.fromEntries(Object.entries(IMAGE.cells).reverse()) }
    assert.equal(formatCardImage(shuffled), formatCardImage(IMAGE))
  })

  for (const [path, value, at, sentence] of [
    ['format', 'card', 'format', /must be "madoguchi-card"/],
    ['version', 2, 'version', /only version so far/],
    ['simulated', false, 'simulated', /never a real card/],
    ['simulated', undefined, 'simulated', /never a real card/],
    ['profile', '', 'profile', /must name a profile/],
    ['chip.generation', 'E1', 'chip.generation', /"E0", "DA" or "C5"/],
    ['chip.contactlessAtr', '00', 'chip.contactlessAtr', /seven bytes/],
    ['chip.getResponse', 'no', 'chip.getResponse', /true or false/],
    ['chip.speed', 1, 'chip', /speed/],
    ['colour', 'pink', '', /colour/],
    ['cells', [], 'cells', /./],
    ['cells.jpki', 'x', 'cells.jpki', /./],
    ['cells.jpki.000A', '3', 'cells.jpki.000A', /hexadecimal/],
    ['cells.jpki.000A', 'XY', 'cells.jpki.000A', /hexadecimal/],
    ['cells.jpki.000A', 7, 'cells.jpki.000A', /hexadecimal/],
    ['cells.jpki.000 A', '00', 'cells.jpki.000 A', /printable ASCII/],
    ['cells.JPKI', {}, 'cells.JPKI', /small letters/],
    ['cells.jpki.0018-tries', '00', 'cells.jpki.0018-tries', undefined],
  ] as const)
    test(`${path} = ${JSON.stringify(value)}`, () => {
      const text = broken(path, value)
      if (sentence === undefined) return void parseCardImage(text)
      assert.throws(
        () => parseCardImage(text),
        (error: unknown) => {
          assert.ok(error instanceof CardImageError)
          assert.equal(error.path, at)
          assert.match(error.message, sentence)
          return true
        },
      )
    })

  for (const [cell, value, sentence] of [
    ['0018.tries', '04', /more tries left than the limit 03/],
    ['0018.tries', '0003', /one byte/],
    ['0018.limit', '10', /at most 0F/],
    ['.life', '', /one byte/],
  ] as const)
    test(`jpki ${cell} = ${value}`, () => {
      const image = { ...IMAGE, cells: { ...IMAGE.cells, jpki: { ...IMAGE.cells['jpki'], [cell]: value } } }
      assert.throws(() => parseCardImage(JSON.stringify(image)), { path: `cells.jpki.${cell}`, message: sentence })
    })

  test('no JSON at all', () => {
    assert.throws(() => parseCardImage('{"format":'), { name: 'CardImageError', path: '' })
    assert.throws(() => parseCardImage('null'), { name: 'CardImageError', path: '', message: /must be an object/ })
  })

  test('an error never shows what a cell holds', () => {
    const text = broken('cells.jpki.0018-pin', '3132333Z')
    assert.throws(
      () => parseCardImage(text),
      (error: Error) => !error.message.includes('3132333Z'),
    )
  })
})
