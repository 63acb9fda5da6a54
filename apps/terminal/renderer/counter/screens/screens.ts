/** One screen for each kind of staff view; the compiler finds a missing one. */
import type { ComponentType } from 'react'
import type { StaffView } from '../../../../../src/wire/staff-view.ts'
import { Candidates } from './candidates-screen.tsx'
import type { StaffScreenProps } from './frame.tsx'
import { Home } from './home-screen.tsx'
import { CheckIdentity } from './identity-screen.tsx'
import { ChoosePinToReset, ResidentActs, SelfTest, StaffDone, StaffFailed, Working } from './procedure-screens.tsx'
import { Search } from './search-screen.tsx'
import { SecondOperator, SignIn, StaffLastTry, StaffPinScreen } from './sign-in-screens.tsx'

const SCREENS: { readonly [K in StaffView['kind']]: ComponentType<StaffScreenProps<K>> } = {
  signIn: SignIn,
  counter: Home,
  residentActs: ResidentActs,
  working: Working,
  staffPin: StaffPinScreen,
  confirmLastTry: StaffLastTry,
  search: Search,
  candidates: Candidates,
  secondOperator: SecondOperator,
  checkIdentity: CheckIdentity,
  choosePinToReset: ChoosePinToReset,
  selfTest: SelfTest,
  done: StaffDone,
  failed: StaffFailed,
}

/** The screen of a view. That view and screen belong together stands in the table above; a union cannot say it here. */
export const staffScreenOf = (
  view: StaffView,
): ComponentType<Omit<StaffScreenProps<'working'>, 'view'> & { readonly view: StaffView }> =>
  SCREENS[view.kind] as never
