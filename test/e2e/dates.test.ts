/** Dates as staff write them, and as they are told back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDate, tellDate, tellDay } from '../../apps/terminal/renderer/counter/dates.ts'

test('a date in any of the ways people write it', () => {
  for (const written of [
    ...['19850307', '1985-03-07', '1985/3/7', '1985.3.7', '1985年3月7日'],
    ...['S60.3.7', 's60-03-07', 'Ｓ６０．３．７', '昭和60年3月7日', ' 昭和 60年 3月 7日 '],
  ])
    assert.equal(readDate(written), '19850307', written)
})

test('eras begin and end on their days (facts: H 1989-01-08, R 2019-05-01)', () => {
  assert.equal(readDate('S64.1.7'), '19890107')
  assert.equal(readDate('S64.1.8'), undefined)
  assert.equal(readDate('H1.1.8'), '19890108')
  assert.equal(readDate('平成元年1月8日'), '19890108')
  assert.equal(readDate('H1.1.7'), undefined)
  assert.equal(readDate('H31.4.30'), '20190430')
  assert.equal(readDate('令和元年5月1日'), '20190501')
  assert.equal(readDate('R1.4.30'), undefined)
  assert.equal(readDate('T15.12.24'), '19261224')
  assert.equal(readDate('M45.7.29'), '19120729')
})

test('what is no date is none', () => {
  for (const written of [
    '',
    '8',
    '1985',
    '19850230',
    '1985-13-01',
    '85.3.7',
    'H0.1.1',
    'X60.3.7',
    '19850307x',
    '00010101',
  ])
    assert.equal(readDate(written), undefined, written)
})

test('told with the era to readers of Japanese; a moment is the day it is in Japan', () => {
  assert.equal(tellDate('19850307', 'ja'), '1985/03/07（S60/3/7）')
  assert.equal(tellDate('19850307', 'en'), 'Mar 7, 1985')
  assert.equal(tellDay(Date.UTC(2031, 2, 6, 14, 59), 'en'), 'Mar 6, 2031')
  assert.equal(tellDay(Date.UTC(2031, 2, 6, 15), 'en'), 'Mar 7, 2031')
})
