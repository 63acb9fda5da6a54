/** One screen for each kind of view; the compiler finds a missing one. */
import type { ComponentType } from 'react'
import type { View } from '../../../../../src/wire/view.ts'
import { InsertCard, KeepCard, TakeCard } from './card-screens.tsx'
import type { ScreenProps } from './frame.tsx'
import { ChoosePin, ConfirmLastTry, EnterPin, PinStatusScreen, SamePin } from './pin-screens.tsx'
import { Comparing, EnterCardFace, ExplainReset, TakePortrait } from './reservation-screens.tsx'
import { Done, Failed, Idle, StillThere, WaitForStaff } from './turn-screens.tsx'

const SCREENS: { readonly [K in View['kind']]: ComponentType<ScreenProps<K>> } = {
  idle: Idle,
  insertCard: InsertCard,
  keepCard: KeepCard,
  choosePin: ChoosePin,
  enterPin: EnterPin,
  confirmLastTry: ConfirmLastTry,
  samePin: SamePin,
  explainReset: ExplainReset,
  enterCardFace: EnterCardFace,
  takePortrait: TakePortrait,
  comparing: Comparing,
  pinStatus: PinStatusScreen,
  stillThere: StillThere,
  waitForStaff: WaitForStaff,
  takeCard: TakeCard,
  done: Done,
  failed: Failed,
}

/** The screen of a view. That view and screen belong together stands in the table above; a union cannot say it here. */
export const screenOf = (view: View): ComponentType<Omit<ScreenProps<'idle'>, 'view'> & { readonly view: View }> =>
  SCREENS[view.kind] as never
