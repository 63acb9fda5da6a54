/**
 * Administration commands that exist on the card and answer nobody but the issuer (facts 1.8). In the clear they end at the
 * issuer security check; the issuer works through its secure channel (administration.ts).
 */
import type { Command } from '../../../src/card/command.ts'
import { SW } from '../../../src/card/status-word.ts'
import { status } from '../answer.ts'
import type { FileSession } from '../file-session.ts'

const refused = (): Uint8Array => status(SW.SECURITY_STATUS)

export const eraseAllRecords = refused
export const lockDf = refused
export const unlockDf = refused
export const unlockKey = refused

const ATTRIBUTES_OF_EF = 0x22
const ATTRIBUTES_OF_DF = 0x24

export const manageAttributes = (_: FileSession, { p1 }: Command): Uint8Array =>
  p1 === ATTRIBUTES_OF_EF || p1 === ATTRIBUTES_OF_DF ? refused() : status(SW.WRONG_P1P2)

/** "Last command indicator" of the iPhone token; a physical card answers 6700 whatever follows. */
export const lastCommandIndicator = (): Uint8Array => status(SW.WRONG_LENGTH)
