/** `--set path=value`: fields of a new card, or cells and behaviour of one that is there. */
import type { PinName } from '../../../applets-sim/factory/card-plan.ts'
import { CardOverrideError, type CardOverrides, parseOverrides } from '../../../applets-sim/factory/overrides.ts'
import type { CardImage } from '../../../applets-sim/image.ts'
import { CardImageError, checkCardImage } from '../../../applets-sim/image-file.ts'
import { utf8 } from '../../../src/base/bytes.ts'
import { hex } from '../../../src/base/hex.ts'
import { UsageError } from '../command.ts'

export interface Setting {
  readonly path: readonly string[]
  readonly value: string
}

type Tree = { [key: string]: unknown }

/** `pins.auth=9876`; below `cells.APPLICATION.` the rest is the cell's name, dots and all (`cells.jpki..life`). Throws UsageError. */
export function parseSettings(options: readonly string[] = []): readonly Setting[] {
  return options.map((option) => {
    const at = option.indexOf('=')
    const parts = option.slice(0, Math.max(at, 0)).split('.')
    const [first = '', second = '', ...rest] = parts
    const path = first === 'cells' && rest.length > 0 ? [first, second, rest.join('.')] : parts
    if (path.some((part) => part === '' || part === '__proto__'))
      throw new UsageError(`--set takes PATH=VALUE, for example pins.auth=9876, not ${JSON.stringify(option)}`)
    return { path, value: option.slice(at + 1) }
  })
}

/** What a new card is to be: a value is text where the field takes text, else what JSON makes of it. Nothing is checked yet. */
export function overridesOf(settings: readonly Setting[]): CardOverrides {
  const overrides: Tree = {}
  for (const { path, value } of settings) {
    // `null` is nothing wherever a field may have nothing, and never a text of four letters there.
    const candidates = value === 'null' ? [null, value] : [value, ...jsonOf(value)]
    const taken = candidates.find((candidate) => fits(path, candidate))
    put(overrides, path, taken === undefined ? value : taken)
  }
  return overrides
}

/** What comes of overrides. Throws UsageError for one that cannot be. */
export async function usable<T>(made: Promise<T>): Promise<T> {
  try {
    return await made
  } catch (error) {
    if (error instanceof CardOverrideError) throw new UsageError(`--set ${error.message}`)
    throw error
  }
}

function fits(path: readonly string[], value: unknown): boolean {
  try {
    const tree: Tree = {}
    put(tree, path, value)
    parseOverrides(tree)
    return true
  } catch (error) {
    if (error instanceof CardOverrideError) return false
    throw error
  }
}

function jsonOf(value: string): unknown[] {
  try {
    return [JSON.parse(value)]
  } catch {
    return []
  }
}

/** Where an image keeps each PIN: application and IEF (facts 3.1). */
const PIN_CELLS: Readonly<Record<PinName, readonly (readonly [application: string, ief: string])[]>> = {
  auth: [['jpki', '0018']],
  sign: [['jpki', '001B']],
  text: [['text', '0011']],
  juki: [
    ['common', '001C'],
    ['juki', '001C'],
  ],
  codeA: [
    ['visual', '0013'],
    ['text', '0014'],
  ],
  codeB: [
    ['visual', '0012'],
    ['text', '0015'],
  ],
  birth: [['visual', '0011']],
}

export const EDITABLE = 'profile, chip.…, cells.APPLICATION.CELL, pins.NAME, tries.NAME'

/** A changed copy of the image. `null` as the value of a cell or PIN takes it away. Throws UsageError. */
export function editImage(image: CardImage, settings: readonly Setting[]): CardImage {
  const edited = structuredClone(image) as unknown as Tree
  for (const { path, value } of settings) {
    const [field = '', name = ''] = path
    const cells = Object.hasOwn(PIN_CELLS, name) ? PIN_CELLS[name as PinName] : undefined
    if (field === 'pins' && cells !== undefined && path.length === 2)
      for (const [application, ief] of cells) put(edited, ['cells', application, `${ief}.pin`], pinCell(value))
    else if (field === 'tries' && cells !== undefined && path.length === 2)
      for (const [application, ief] of cells) put(edited, ['cells', application, `${ief}.tries`], oneByte(value))
    else if (field === 'cells' && path.length === 3)
      put(edited, path, value === 'null' ? undefined : value.toUpperCase())
    else if (field === 'chip' && path.length === 2)
      put(edited, path, /^(true|false)$/.test(value) ? value === 'true' : value)
    else if (field === 'profile' && path.length === 1) put(edited, path, value)
    else throw new UsageError(`--set ${path.join('.')}: a card image has ${EDITABLE}`)
  }
  try {
    return checkCardImage(JSON.parse(JSON.stringify(edited)))
  } catch (error) {
    if (error instanceof CardImageError) throw new UsageError(error.message)
    throw error
  }
}

/** `null`: nobody has set it. */
const pinCell = (value: string): string | undefined => (value === 'null' ? undefined : hex(utf8(value)))

function oneByte(value: string): string {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > 15) throw new UsageError('--set tries.NAME takes a number from 0 to 15')
  return hex(Uint8Array.of(number))
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const last = path.at(-1) as string
  let at = tree
  for (const part of path.slice(0, -1)) {
    const next = Object.hasOwn(at, part) ? at[part] : undefined
    if (typeof next === 'object' && next !== null) at = next as Tree
    else {
      const made: Tree = {}
      at[part] = made
      at = made
    }
  }
  at[last] = value
}
