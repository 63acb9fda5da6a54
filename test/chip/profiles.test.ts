/** The factory's profiles as the chip shows them: what each differs in. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeCardImage, type ProfileName } from '../../applets-sim/factory/profiles.ts'
import { formatCardImage, parseCardImage } from '../../applets-sim/image-file.ts'
import { SimulatedCard } from '../../applets-sim/simulated-card.ts'
import { type ApplicationName, TestCard } from './card.ts'

/** application, EF, what an empty VERIFY and reading it must give. */
const EXPECTED: Readonly<Record<ProfileName, Readonly<Record<string, string>>>> = {
  resident: {
    'jpki 18': '63C3',
    'jpki 1B': '63C5',
    'text 11': '63C3',
    'common 1C': '63C3',
    'juki 1C': '63C3',
    'visual 12': '63CA',
  },
  factory: { 'jpki 18': '63C0', 'jpki 1B': '63C0', 'text 12': '63C0' },
  child: { 'jpki 18': '63C3', 'jpki 1B': '63C0', 'text 11': '63C3' },
  blocked: {
    'jpki 18': '63C0',
    'jpki 1B': '63C0',
    'text 11': '63C0',
    'common 1C': '63C0',
    'juki 1C': '63C0',
    'visual 12': '63CA',
  },
  expired: { 'jpki 18': '63C3', 'jpki 1B': '63C5', 'text 11': '63C3' },
}
const SIGN_CERTIFICATE: Readonly<Record<ProfileName, string>> = {
  resident: '6982',
  factory: '6A82',
  child: '6A82',
  blocked: '6982',
  expired: '6982',
}

for (const name of Object.keys(EXPECTED) as ProfileName[])
  describe(name, async () => {
    const image = parseCardImage(formatCardImage(await makeCardImage(name)))
    const powered = (): TestCard => {
      const card = SimulatedCard.fromImage(image)
      card.powerOn('contactless')
      return new TestCard(card)
    }

    test('every application can be selected and answers', () => {
      const card = powered()
      for (const application of ['isd', 'common', 'juki', 'visual', 'text', 'jpki'] as const) {
        card.select(application)
        assert.match(card.send('0084000008'), /^.{16}9000$/, application)
      }
    })

    for (const [object, sw] of Object.entries(EXPECTED[name]))
      test(`tries left of ${object}: ${sw}`, () => {
        const [application, sfi] = object.split(' ')
        const card = powered()
        card.select(application as ApplicationName)
        assert.equal(card.sw(`002000${(0x80 | Number.parseInt(sfi ?? '', 16)).toString(16)}`), sw)
      })

    test(`signature certificate: ${SIGN_CERTIFICATE[name]}`, () => {
      const card = powered()
      card.select('jpki')
      assert.equal(card.sw('00B0810004'), SIGN_CERTIFICATE[name])
    })

    test('what the image holds is what the card holds', () => {
      assert.equal(formatCardImage(SimulatedCard.fromImage(image).toImage()), formatCardImage(image))
    })
  })
