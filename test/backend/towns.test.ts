import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkDigit, towns } from '../../src/backend/towns/municipalities.ts'
import { romaji } from '../../src/backend/towns/romaji.ts'

describe('towns (P17: all town codes pass)', () => {
  const all = [...towns().values()]

  test('1,741 municipalities and 175 wards, every check digit right', () => {
    assert.equal(all.filter(({ city }) => city === undefined).length, 1741)
    assert.equal(all.filter(({ city }) => city !== undefined).length, 175)
    for (const { code } of all) assert.equal(String(checkDigit(code.slice(0, 5))), code[5], code)
  })

  test('every ward belongs to a city of its prefecture', () => {
    for (const { city, prefecture } of all)
      if (city !== undefined) assert.equal(towns().get(city)?.prefecture, prefecture)
  })

  test('certificate names are unique, so that one CRL never speaks for another town', () => {
    const names = all.map(({ romanPrefecture, romanName }) => `${romanPrefecture}/${romanName}`)
    assert.equal(new Set(names).size, names.length)
    for (const name of names)
      assert.match(name, /^[A-Z][a-z]+(-(ken|to|fu))?\/[A-Z][A-Za-z-]*( [A-Z][a-z-]+)?( \d{6})?$/)
  })

  test('spelled as the signs have it', () => {
    const spelled = (code: string) => `${towns().get(code)?.romanPrefecture} ${towns().get(code)?.romanName}`
    assert.equal(spelled('132217'), 'Tokyo-to Kiyose-shi')
    assert.equal(spelled('011002'), 'Hokkaido Sapporo-shi')
    assert.equal(spelled('011011'), 'Hokkaido Sapporo-shi Chuo-ku')
    assert.equal(spelled('015148'), 'Hokkaido Esashi-cho 015148')
    assert.equal(romaji('にしとうきょう'), 'nishitokyo')
    assert.equal(romaji('いっちょう'), 'itcho')
    assert.throws(() => romaji('ア'), RangeError)
  })
})
