/** A manager over the simulated chip, and what the management tests load into it. */
import assert from 'node:assert/strict'
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { type CapFile, parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { CardManager, type CardManagerOptions } from '../../src/applications/globalplatform/card-manager.ts'
import { type Outcome, problemText } from '../../src/applications/globalplatform/gp-error.ts'
import { fromHex, hex } from '../../src/base/hex.ts'
import { type ChipCard, seededRandom, testKeys } from './chip-card.ts'

/** The package and module from which security domains are made, by the names most cards give them. */
export const DOMAIN_PACKAGE = fromHex('A0000001515350')
export const DOMAIN_MODULE = fromHex('A000000151535041')

export function done<T>(outcome: Outcome<T>): T {
  return outcome.kind === 'ok' ? outcome.value : assert.fail(problemText(outcome))
}

/** The status word of a refusal, in hexadecimal. */
export function refusal(outcome: Outcome<unknown>): string {
  return outcome.kind === 'refused'
    ? outcome.sw.toString(16).toUpperCase()
    : assert.fail(`not refused: ${outcome.kind}`)
}

export const managerOf = async (chip: ChipCard, options: Partial<CardManagerOptions> = {}): Promise<CardManager> =>
  done(
    await CardManager.open({
      transmit: chip.transmit,
      keys: testKeys(),
      level: 0x33,
      random: seededRandom(3),
      ...options,
    }),
  )

/** Package `F0…NN` with the module `F0…NN01`. */
export function capOf(n: number, codeSize = 400): CapFile {
  const aid = Uint8Array.of(0xf0, 0, 0, 0, 0x01, n)
  const module = Uint8Array.of(0xf0, 0, 0, 0, 0x01, n, 0x01)
  return parseCapFile(buildCapFile({ package: { aid, major: 1, minor: 0 }, applets: [module], codeSize }))
}

export const moduleOf = (cap: CapFile): Uint8Array => cap.applets[0]?.aid ?? assert.fail('no applet')

/** Everything the registry says, one line each, for comparing before and after. */
export async function inventory(manager: CardManager): Promise<readonly string[]> {
  const { applications, loadFiles } = done(await manager.list())
  return [...applications, ...loadFiles].map(({ aid, state }) => `${hex(aid)} ${state}`)
}
