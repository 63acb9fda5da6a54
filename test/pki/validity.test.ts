import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  addMonths,
  ageOn,
  authCertificateExpiry,
  cardExpiry,
  dateInJapan,
  endOfDay,
  isCalendarDate,
  nthBirthdayAfter,
  renewalOpens,
  signCertificateExpiry,
} from '../../src/pki/validity.ts'

const date = fc
  .date({ min: new Date('1920-01-01T00:00:00Z'), max: new Date('2090-12-31T00:00:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10).replaceAll('-', ''))
const HANAKO = '19890331'

describe('validity (facts 5.6)', () => {
  test('a day ends at 23:59:59 in Japan, 14:59:59Z', () => {
    assert.equal(new Date(endOfDay('20310331')).toISOString(), '2031-03-31T14:59:59.000Z')
    assert.equal(dateInJapan(Date.UTC(2026, 11, 31, 14, 59, 59)), '20261231')
    assert.equal(dateInJapan(Date.UTC(2026, 11, 31, 15, 0, 0)), '20270101')
    fc.assert(fc.property(date, (day) => dateInJapan(endOfDay(day)) === day && dateInJapan(endOfDay(day) + 1000) > day))
  })

  test('the 5th birthday after issue; a birthday on the day of issue does not count', () => {
    assert.equal(nthBirthdayAfter('20260105', HANAKO, 5), '20300331')
    assert.equal(nthBirthdayAfter('20260330', HANAKO, 5), '20300331')
    assert.equal(nthBirthdayAfter('20260331', HANAKO, 5), '20310331')
    assert.equal(nthBirthdayAfter('20260401', HANAKO, 5), '20310331')
    assert.equal(nthBirthdayAfter('20260105', '20000229', 5), '20300228')
    assert.equal(nthBirthdayAfter('20260105', '20000229', 3), '20280229')
  })

  test('exactly n birthdays lie in (issue, nth birthday]', () => {
    fc.assert(
      fc.property(date, date, fc.integer({ min: 1, max: 10 }), (issued, birth, n) => {
        fc.pre(birth <= issued)
        const nth = nthBirthdayAfter(issued, birth, n)
        assert.ok(isCalendarDate(nth) && nth > issued)
        assert.equal(ageOn(nth, birth) - ageOn(issued, birth), n)
      }),
    )
  })

  test('an auth certificate ends with the 5th birthday or the card, whichever is first', () => {
    assert.equal(authCertificateExpiry({ issued: '20260105', birth: HANAKO, cardExpiry: '20350331' }), '20300331')
    assert.equal(authCertificateExpiry({ issued: '20260105', birth: HANAKO, cardExpiry: '20280331' }), '20280331')
  })

  test('renewed within three months before its end it runs to the 6th birthday: no time is lost', () => {
    const renewed = (issued: string, abroad = false) =>
      authCertificateExpiry({ issued, birth: HANAKO, cardExpiry: '20450331', renews: { expiry: '20300331', abroad } })
    assert.equal(renewalOpens('20300331'), '20291231')
    assert.equal(renewed('20291230'), '20340331')
    assert.equal(renewed('20291231'), '20350331')
    assert.equal(renewed('20300330'), '20350331')
    assert.equal(renewed('20300401'), '20350331', 'after its end it is a new certificate: the 5th birthday is in 2035')
    assert.equal(renewed('20290601'), '20340331')
    assert.equal(renewed('20290601', true), '20350331', 'one year before, for holders abroad')
  })

  test('a sign certificate never outlives the auth certificate', () => {
    const validity = { issued: '20290601', birth: HANAKO, cardExpiry: '20350331' }
    assert.equal(signCertificateExpiry(validity, '20300331'), '20300331')
    assert.equal(signCertificateExpiry(validity), '20340331')
    fc.assert(
      fc.property(date, date, date, date, (issued, birth, card, auth) => {
        const expiry = signCertificateExpiry({ issued, birth, cardExpiry: card }, auth)
        assert.ok(expiry <= auth && expiry <= card)
      }),
    )
  })

  test('a card: 10th birthday for adults, 5th under 18, never beyond the stay', () => {
    assert.equal(cardExpiry({ produced: '20260105', birth: HANAKO }), '20350331')
    assert.equal(cardExpiry({ produced: '20260105', birth: '20080105' }), '20360105', '18 on that very day')
    assert.equal(cardExpiry({ produced: '20260104', birth: '20080105' }), '20300105')
    assert.equal(cardExpiry({ produced: '20260105', birth: HANAKO, stayUntil: '20270630' }), '20270630')
  })

  test('months are counted to the same day or the last of a shorter month', () => {
    assert.equal(addMonths('20260531', -3), '20260228')
    assert.equal(addMonths('20240531', -3), '20240229')
    assert.equal(addMonths('20260115', -3), '20251015')
    assert.equal(addMonths('20260115', 12), '20270115')
  })

  test('what is no date is refused', () => {
    for (const text of ['20260229', '20261301', '2026010', '2026-01-01', '', '２０２６０１０１'])
      assert.equal(isCalendarDate(text), false, text)
    assert.throws(() => endOfDay('20260231'), RangeError)
    assert.throws(() => nthBirthdayAfter('20260101', '19990000', 5), RangeError)
  })
})
