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
  const parent = steps.reduce((at, step) => {
    at[step] ??= {}
    return at[step]
  }, image)
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
    ['version', 2, 'version', /newer Madoguchi/],
    ['simulated', false, 'simulated', /never a real card/],
    ['simulated', undefined, 'simulated', /never a real card/],
    ['profile', '', 'profile', /must name a profile/],
    ['chip.generation', 'E1', 'chip.generation', /"E0", "DA" or "C5"/],
    ['chip.contactlessAtr', '00', 'chip.contactlessAtr', /seven bytes/],
    ['chip.getResponse', 'no', 'chip.getResponse', /true or false/],
    ['chip.speed', 1, 'chip', /speed/],
    ['colour', 'pink', '', /colour/],
    ['chip', 'E0', 'chip', /object with generation/],
    ['chip', undefined, 'chip', /object with generation/],
    ['cells', [], 'cells', /object of applications/],
    ['cells', undefined, 'cells', /object of applications/],
    ['cells.jpki', 'x', 'cells.jpki', /object of cells/],
    ['cells.jpki.000A', '3', 'cells.jpki.000A', /hexadecimal/],
    ['cells.jpki.000A', 'XY', 'cells.jpki.000A', /hexadecimal/],
    ['cells.jpki.000A', 7, 'cells.jpki.000A', /hexadecimal/],
    ['cells.jpki.000 A', '00', 'cells.jpki.000 A', /no such cell/],
    ['cells.jpki.000a', '00', 'cells.jpki.000a', /no such cell/],
    ['cells.jpki.001D', '00', 'cells.jpki.001D', /no such cell/],
    ['cells.jpki.0005', '00', 'cells.jpki.0005', /no such cell/],
    ['cells.common.0001/00', '00', 'cells.common.0001/00', /no such cell/],
    ['cells.common.0001', '00', 'cells.common.0001', /no such cell/],
    ['cells.isd.00F', '00', 'cells.isd.00F', /no such cell/],
    ['cells.gp.Registry', '00', 'cells.gp.Registry', /no such cell/],
    ['cells.gp.registry', '00', 'cells.gp.registry', /cannot be read/],
    ['cells.gp.registry', 'E300', 'cells.gp.registry', /cannot be read/],
    ['cells.gp.memory', '00', 'cells.gp.memory', /eight bytes/],
    ['cells.gp', {}, undefined, undefined],
    ['cells.jpkki', {}, 'cells.jpkki', /must be one of isd, common, juki, visual, text, jpki, licence, gp/],
    ['cells.constructor', {}, 'cells.constructor', /must be one of/],
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
    ['0018.limit', '', /one byte/],
    ['0018.limit', '00', undefined],
    ['0018.limit', '05', undefined],
    ['0018.pin', '', /1 to 16 bytes/],
    ['0018.pin', '31'.repeat(17), /1 to 16 bytes/],
    ['0018.pin', '31'.repeat(16), undefined],
    ['0018.key', '00', /no such cell/],
    ['001A.key', '3000', /RSA private key/],
    ['000A.pin', '31', /no such cell/],
    ['.life', '', /one byte/],
    ['.life', '8F', undefined],
  ] as const)
    test(`jpki ${cell} = ${value}`, () => {
      const text = JSON.stringify({
        ...IMAGE,
        cells: { ...IMAGE.cells, jpki: { ...IMAGE.cells['jpki'], [cell]: value } },
      })
      if (sentence === undefined) return void parseCardImage(text)
      assert.throws(() => parseCardImage(text), { path: `cells.jpki.${cell}`, message: sentence })
    })

  test('without a limit of its own a counter keeps to the limit of the application', () => {
    const licence = { '0006.pin': '31323334', '0006.tries': '0B' }
    const text = JSON.stringify({ ...IMAGE, cells: { ...IMAGE.cells, licence } })
    assert.throws(() => parseCardImage(text), { path: 'cells.licence.0006.tries', message: /limit 10/ })
  })

  test('no JSON at all', () => {
    assert.throws(() => parseCardImage('{"format":'), { name: 'CardImageError', path: '' })
    assert.throws(() => parseCardImage('null'), { name: 'CardImageError', path: '', message: /must be an object/ })
  })

  test('an error never shows what a cell holds, not even where the text is no JSON', () => {
    const whole = formatCardImage(IMAGE)
    for (const slip of [`'31323334'`, '31323334 x', '"31323334" x', '31323334"'])
      assert.throws(
        () => parseCardImage(whole.replace('"31323334"', slip)),
        (error: Error) => error instanceof CardImageError && !error.message.includes('3132'),
      )
    assert.throws(() => parseCardImage(whole.replace('"31323334"', '"31323334" x')), /no JSON text \(line \d+ column/)
    const text = broken('cells.jpki.0018-pin', '3132333Z')
    assert.throws(
      () => parseCardImage(text),
      (error: Error) => !error.message.includes('3132333Z'),
    )
  })
})
