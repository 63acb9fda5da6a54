/** A backend that knows 番号 花子 and cards of hers, dispatched. */
import { applyForCard, moveCardOn } from '../../src/backend/cards/cards.ts'
import { type Attributes, people } from '../../src/backend/cards/people.ts'
import type { StorePlace } from '../../src/backend/store/open.ts'
import { type Fixture, MASTER, openFixture, TERMINAL } from './fixture.ts'

export const HANAKO: Attributes = {
  ...{ name: '番号　花子', kana: 'バンゴウ　ハナコ', sex: '2', birth: '19890331', abroad: false },
  address: '東京都清瀬市中里５丁目８４２番地',
}

export async function cardsOf(place: StorePlace, ...serials: readonly string[]): Promise<Fixture> {
  const parts = await openFixture(place)
  const registry = people(MASTER)
  await parts.store.transaction((tx) => registry.add(tx, 'hanako', '132217', HANAKO, 1))
  for (const serial of serials) {
    const named = (key: string) => ({ actor: 'test', key: `${serial} ${key}`, body: '' })
    const application = { serial, holder: 'hanako', expires: '20350331', faceAuth: false }
    await applyForCard(parts, registry, application, TERMINAL, named('apply'))
    await moveCardOn(parts, registry, serial, { to: 'dispatched' }, TERMINAL, named('dispatch'))
  }
  return parts
}
