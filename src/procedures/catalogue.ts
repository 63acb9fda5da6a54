/** The procedures there are, by the name a screen starts them with. */
import type { ProcedureName } from '../wire/view.ts'
import { pinChange } from './pin-change.ts'
import { pinStatus } from './pin-status.ts'
import type { Procedure } from './terminal.ts'

export const PROCEDURES: Readonly<Partial<Record<ProcedureName, Procedure>>> = { pinStatus, pinChange }
