/** An unattended delivery site (F51): a card is prepared, and its holder takes it over alone; how either stops. */
import type { Panel } from '../browser.ts'
import { type Kiosk, READER } from '../kiosk.ts'
import { ends } from '../town-reservations.ts'
import { mustHave, mustHaveTries, PINS } from './counter-pins.ts'
import { leaves } from './kiosk.ts'
import { HASTY, type KioskStory, of } from './story.ts'

const IDLE = 'ご希望の手続きを選んでください'
const [SET_UP, DELIVER] = [/^交付前設定/, /^カードの受け取り/]
const DELIVERED = 'カードをお渡しできます'

async function begins(kiosk: Kiosk, procedure: RegExp, card: string): Promise<void> {
  await kiosk.presses(procedure)
  await kiosk.lay(card)
}

/** One number for three PINs, up to its last entry. */
async function choosesPins(kiosk: Kiosk, by: 'enters' | 'types' = 'types'): Promise<void> {
  await kiosk.chooses(PINS.sign.named, PINS.sign.next, by)
  await kiosk.presses('同じ番号にする')
  await kiosk.sees(/新しい暗証番号を入力/)
  await kiosk[by](PINS.auth.next)
  await kiosk.sees(/もう一度/)
}

const goesWell = (size: Panel): KioskStory => ({
  ...{ face: 'kiosk', role: 'deliverySite', size },
  what: 'at an unattended site a card is prepared and taken over',
  comesTo: [of('preDelivery', 'done'), of('delivery', 'done')],
  async go(kiosk, { world }) {
    await begins(kiosk, SET_UP, 'fresh')
    await kiosk.sees('交付前設定が終わりました')
    await leaves(kiosk)
    await begins(kiosk, DELIVER, 'fresh')
    await choosesPins(kiosk, 'enters')
    await kiosk.enters(PINS.auth.next)
    await kiosk.sees(DELIVERED)
    await leaves(kiosk)
    mustHave(world.card('fresh'), 'sign', PINS.sign.next)
    for (const pin of ['auth', 'text', 'juki'] as const) mustHave(world.card('fresh'), pin, PINS.auth.next)
    mustHaveTries(world.card('fresh'))
  },
})

const stops: KioskStory = {
  ...{ face: 'kiosk', role: 'deliverySite', size: '15 upright' },
  what: 'at an unattended site: nothing laid, a card in another state, pulled, the line lost; it goes on, and is taken over in the end – but not one that does not pass (P7)',
  comesTo: [
    of('preDelivery', 'cancelled'),
    of('preDelivery', 'cardNotInState'),
    of('preDelivery', 'cardGone'),
    of('preDelivery', 'backendUnreachable'),
    of('preDelivery', 'done'),
    of('delivery', 'cardNotInState'),
    of('delivery', 'cancelled'),
    of('delivery', 'cardGone'),
    of('delivery', 'backendUnreachable'),
    of('delivery', 'done'),
    of('delivery', 'selfTestFailed'),
    of('delivery', 'certificateMissing'),
  ],
  async go(kiosk, { world, line }) {
    const isPulled = async () => {
      await kiosk.hears('cardGone')
      await kiosk.presses('閉じる')
      await kiosk.sees(IDLE)
    }
    await kiosk.presses(SET_UP)
    await kiosk.presses('やめる')
    await kiosk.hears('cancelled')
    await kiosk.presses('閉じる')
    await begins(kiosk, SET_UP, 'hanako')
    await kiosk.hears('cardNotInState')
    await leaves(kiosk)

    await kiosk.lay('fresh')
    kiosk.readers.faults(READER, { kind: 'pull', command: 40 })
    await kiosk.presses(SET_UP)
    await isPulled()
    const sofar = line.requests + 6
    line.loses = (request) => request > sofar
    await begins(kiosk, SET_UP, 'fresh')
    await kiosk.hears('backendUnreachable')
    await leaves(kiosk)
    line.loses = () => false
    await begins(kiosk, SET_UP, 'fresh')
    await kiosk.sees('交付前設定が終わりました')
    await leaves(kiosk)

    await begins(kiosk, DELIVER, 'hanako')
    await kiosk.hears('cardNotInState')
    await leaves(kiosk)
    await begins(kiosk, DELIVER, 'fresh')
    await kiosk.sees(/署名用.*新しい暗証番号を入力/s)
    await kiosk.presses('やめる')
    await kiosk.hears('cancelled')
    await leaves(kiosk)
    await begins(kiosk, DELIVER, 'fresh')
    await choosesPins(kiosk)
    kiosk.readers.faults(READER, { kind: 'pull', command: 30 })
    await kiosk.types(PINS.auth.next)
    await isPulled()
    await begins(kiosk, DELIVER, 'fresh')
    await choosesPins(kiosk)
    const last = line.requests + 4
    line.loses = (request) => request > last
    await kiosk.types(PINS.auth.next)
    await kiosk.hears('backendUnreachable')
    await leaves(kiosk)
    line.loses = () => false
    await begins(kiosk, DELIVER, 'fresh')
    await choosesPins(kiosk)
    await kiosk.types(PINS.auth.next)
    await kiosk.sees(DELIVERED)
    await leaves(kiosk)
    mustHaveTries(world.card('fresh'))

    const revoked = { to: 'revoked', reason: 'cessationOfOperation' }
    await begins(kiosk, DELIVER, 'prepared')
    await choosesPins(kiosk)
    await ends(world, 'prepared', 'sign', revoked)
    await kiosk.types(PINS.auth.next)
    await kiosk.hears('selfTestFailed')
    await leaves(kiosk)
    await ends(world, 'prepared', 'auth', revoked)
    await begins(kiosk, DELIVER, 'prepared')
    await kiosk.hears('certificateMissing')
  },
}

const walkedAway: KioskStory = {
  ...{ face: 'kiosk', role: 'deliverySite', size: '21' },
  patience: HASTY,
  what: 'at an unattended site: nobody lays a card, nobody chooses a PIN',
  comesTo: [of('preDelivery', 'idle'), of('delivery', 'idle')],
  async go(kiosk) {
    await kiosk.presses(SET_UP)
    await kiosk.hears('idle')
    await kiosk.presses('閉じる')
    await begins(kiosk, DELIVER, 'prepared')
    await kiosk.sees('続けますか')
    await kiosk.hears('idle')
    await leaves(kiosk)
  },
}

export const AT_SITE: readonly KioskStory[] = [
  goesWell('10'),
  goesWell('15 upright'),
  goesWell('21'),
  stops,
  walkedAway,
]
