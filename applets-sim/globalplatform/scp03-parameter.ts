/** Parameter i of SCP03 (GPC_SPE_014 v1.2, table 5-1): what the card's channels can do. */
export interface Scp03Parameter {
  readonly i: number
  /** Length of challenges, cryptograms and MACs: 16 in the S16 forms. */
  readonly length: 8 | 16
  readonly pseudoRandom: boolean
  readonly responseMac: boolean
  readonly responseEncryption: boolean
}

export const scp03Parameter = (i: number): Scp03Parameter => ({
  i,
  length: (i & 0x01) !== 0 ? 16 : 8,
  pseudoRandom: (i & 0x10) !== 0,
  responseMac: (i & 0x20) !== 0,
  responseEncryption: (i & 0x40) !== 0,
})

/** Security level bits (GPC_SPE_014, table 7-3). */
export const LEVEL = { C_MAC: 0x01, C_DECRYPTION: 0x02, R_MAC: 0x10, R_ENCRYPTION: 0x20 } as const

/** The security levels that EXTERNAL AUTHENTICATE may ask for. */
const LEVELS: readonly number[] = [0x00, 0x01, 0x03, 0x11, 0x13, 0x33]

export const offers = (parameter: Scp03Parameter, level: number): boolean =>
  LEVELS.includes(level) &&
  ((level & LEVEL.R_MAC) === 0 || parameter.responseMac) &&
  ((level & LEVEL.R_ENCRYPTION) === 0 || parameter.responseEncryption)
