/** What staff of a counter do, and what both sides hear at the end. */
import { SPECIMENS, type SpecimenName } from '../../apps/world/specimens.ts'
import type { FailureCode } from '../../src/base/failures/catalogue.ts'
import type { Person } from './person.ts'
import type { Sides, Town } from './town.ts'

/** Types the search for a person and compares them with papers that say the same (F58). */
export async function finds(staff: Person, name: SpecimenName): Promise<void> {
  const { person } = SPECIMENS[name]
  await staff.key('F9')
  await staff.sees('住民を検索する')
  await staff.page.keyboard.type(person.kana)
  await staff.key('Tab')
  await staff.page.keyboard.type(person.birth)
  await staff.page.getByLabel('氏名', { exact: true }).fill(person.name)
  await staff.key('Enter')
  await staff.sees(/候補を選び/)
  await compares(staff, name)
  await staff.sees('手続きを選んでください')
  await staff.reads(person.address)
}

export async function compares(staff: Person, name: SpecimenName, address: string = SPECIMENS[name].person.address) {
  const { person } = SPECIMENS[name]
  await staff.page.getByRole('radio', { name: new RegExp(person.name.replace('　', '.')) }).press('Space')
  await staff.page.getByLabel('氏名', { exact: true }).fill(person.name)
  await staff.page.getByLabel('生年月日', { exact: true }).fill(person.birth)
  await staff.page.getByRole('radio', { name: person.sex === '1' ? '男' : '女', exact: true }).press('Space')
  await staff.page.getByLabel('住所', { exact: true }).fill(address)
  await staff.key('Enter')
}

export async function checks(staff: Person, heading: RegExp, face = '写真と同じ人'): Promise<void> {
  await staff.sees(heading)
  await staff.page.getByRole('checkbox', { name: '運転免許証' }).press('Space')
  await staff.page.getByRole('radio', { name: face }).press('Space')
  await staff.key('Enter')
}

/** With this card, as soon as the backend has said what it knows of it. By the button: its shortcut depends on what the place offers. */
export async function begins(town: Town, { staff }: Sides, name: SpecimenName, procedure: string): Promise<void> {
  await town.lay(name, 'counter')
  await staff.reads('センターとつながっています')
  await staff.presses(procedure)
}

/** The resident reads the end and takes the card; staff are told that it is done. */
export async function isDone(town: Town, { staff, resident }: Sides, heading: string): Promise<void> {
  await resident.sees(heading)
  await resident.presses('閉じる')
  await town.take('counter')
  await staff.sees('終わりました')
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await resident.sees('こんにちは')
}

/** Both sides hear why it failed, each in its own window, and go back to where they were; the card, where it lies there still, is taken. */
export async function bothHear(town: Town, { staff, resident }: Sides, failure: FailureCode): Promise<void> {
  await Promise.all([staff.hears(failure), resident.hears(failure)])
  await resident.presses('閉じる')
  if (town.terminal.desk.state.readers.some(({ name, card }) => name === 'Counter' && card !== undefined)) {
    await resident.sees('カードをお取りください')
    await town.take('counter')
  }
  await staff.key('Enter')
  await staff.sees('手続きを選んでください')
  await resident.sees('こんにちは')
}
