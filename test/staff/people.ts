/** What a member of staff and a resident do in the procedures of a counter, when nothing goes wrong. */
import type { StaffView } from '../../src/wire/staff-view.ts'
import type { PinName, View } from '../../src/wire/view.ts'
import type { Reaction, ResidentRobot, StaffRobot, TestCounter } from './counter.ts'
import type { Issued, TestTown } from './town.ts'

export const CHOSEN: Readonly<Record<PinName, string>> = { sign: 'NEU456X', auth: '8024', text: '5713', juki: '6390' }

export interface Wishes {
  /** Whom the search is for, and what is then compared. */
  readonly person?: Issued
  readonly pin?: PinName | 'codeB'
  readonly proxy?: boolean
}

/** Signs in, searches, looks at papers, hands over. */
export const clerk =
  ({ person, pin = 'auth', proxy = false }: Wishes = {}): StaffRobot =>
  (view: StaffView): Reaction => {
    switch (view.kind) {
      case 'staffPin':
        return { answer: { entered: true }, pin: '1234' }
      case 'search':
        return person && { answer: queryFor(person) }
      case 'candidates':
        return person && { answer: { holder: person.holder, compared: four(person) } }
      case 'checkIdentity':
        return { answer: proxy ? BY_PROXY : { documents: ['drivingLicence'], face: 'matched' } }
      case 'choosePinToReset':
        return { answer: { pin } }
      case 'selfTest':
        return { answer: { handOver: true } }
      case 'done':
      case 'failed':
        return { answer: { seen: true } }
      default:
        return undefined
    }
  }

const BY_PROXY = {
  documents: ['noticeOfIssue'],
  face: 'notCompared',
  proxy: { relation: 'legalRepresentative', documents: ['drivingLicence'] },
}

const four = ({ attributes: { name, birth, sex, address } }: Issued) => ({ name, birth, sex, address })
const queryFor = ({ attributes: { kana, birth, name } }: Issued) => ({ kana, birth, name })

/** Chooses PINs, one number for three if asked, and takes the card when told to. */
export const resident =
  (at: () => TestCounter, chosen: Readonly<Partial<Record<PinName, string>>> = CHOSEN, same = false): ResidentRobot =>
  (view: View): Reaction => {
    switch (view.kind) {
      case 'enterPin':
        return { answer: { entered: true }, pin: chosen[view.pin] ?? '' }
      case 'samePin':
        return { answer: { same } }
      case 'done':
      case 'failed':
        return { answer: { seen: true } }
      case 'takeCard':
        return () => at().residentReader.remove()
      default:
        return undefined
    }
  }

/** Signed in, the card on the reader and known. */
export async function ready(at: TestCounter, town: TestTown, issued: Issued): Promise<void> {
  at.layStaffCard(await town.staffCard())
  await at.sees('counter')
  at.layCard(issued.card)
  await at.sees('counter', (view) => view.card?.backend === 'good')
}

/** From the start to the counter's screen again. Returns how staff were told that it ended. */
export async function through(at: TestCounter, procedure: string): Promise<string> {
  const from = at.staffSaw.length
  await at.asks('start', { procedure })
  await at.sees('counter')
  const told = at.staffSaw.slice(from).findLast((view) => view.kind === 'done' || view.kind === 'failed')
  return told === undefined ? 'nothing' : told.kind === 'done' ? 'done' : told.failure
}
