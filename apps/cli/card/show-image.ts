/** A card image for people: what is on the card, not what it says of anybody. */
import type { CardImage } from '../../../applets-sim/image.ts'

const number = (byte: string | undefined): string => (byte === undefined ? '?' : String(Number.parseInt(byte, 16)))

export function showImage(image: CardImage): readonly string[] {
  const { generation, contactlessAtr, firstCommandFails, getResponse } = image.chip
  const switches = [firstCommandFails && 'first command fails', getResponse && '61xx and 6Cxx'].filter(Boolean)
  return [
    `profile ${image.profile} (simulated)`,
    `chip generation ${generation}, contactless ${contactlessAtr}${switches.map((text) => `, ${text}`).join('')}`,
    ...Object.entries(image.cells)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([application, cells]) => ['', application, ...showCells(cells)]),
  ]
}

function showCells(cells: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(cells).sort()
  const references = new Set(names.filter((name) => name.endsWith('.tries')).map((name) => name.slice(0, -6)))
  const pins = [...references].map((reference) => {
    const set = cells[`${reference}.pin`] === undefined ? 'not set' : 'set'
    return `  ${reference}  PIN, ${set}, ${number(cells[`${reference}.tries`])} of ${number(cells[`${reference}.limit`])} tries left`
  })
  const rest = names
    .filter((name) => !/\.(pin|tries|limit)$/.test(name))
    .map((name) => `  ${name}  ${(cells[name]?.length ?? 0) / 2} bytes`)
  return [...pins, ...rest].sort()
}
