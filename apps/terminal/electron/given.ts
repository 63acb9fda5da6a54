/** What the program is given from outside, so that a test can be both: Electron, and the machine it runs on. */
import type * as electron from 'electron'
import { KEEPER_PACE, type KeeperPace } from './keeper-wish.ts'
import type { Settings } from './settings.ts'
import { PACE, type Pace } from './supervisor.ts'

export type Electron = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'protocol'
  | 'safeStorage'
  | 'session'
  | 'utilityProcess'
>

export interface Machine {
  /** Without the program itself. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly paths: {
    readonly pages: string
    readonly calm: string
    readonly preload: string
    readonly hostProcess: string
  }
  /** Throws when the operator's file holds what is no setting. */
  settings(packaged: boolean): Promise<Settings>
  read(path: string): Promise<string>
  complain(sentence: string): void
  readonly pace?: Pace
  readonly keeperPace?: KeeperPace
}

export const paceOf = ({ pace = PACE }: Machine): Pace => pace
export const keeperPaceOf = ({ keeperPace = KEEPER_PACE }: Machine): KeeperPace => keeperPace
