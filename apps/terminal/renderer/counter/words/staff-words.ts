/** The staff's words for a screen. */
import { type Teller, useTeller } from '../../shared/preferences.tsx'
import { type CounterKey, sayToStaff } from './staff-catalogue.ts'

export type StaffTeller = Teller<CounterKey>

export const useStaffWords = (): StaffTeller => useTeller(sayToStaff)
