/** What the card tells, as lines for a person. */
import { FREE_AREA, ORDINANCE_AREA } from '../../../applets-sim/globalplatform/free-areas.ts'
import { APPLICATIONS } from '../../../src/applications/application.ts'
import type { CardInfo } from '../../../src/applications/globalplatform/card-info.ts'
import type { CardContent } from '../../../src/applications/globalplatform/card-manager.ts'
import type { KeyInformation } from '../../../src/applications/globalplatform/get-data.ts'
import { entryState, type RegistryEntry } from '../../../src/applications/globalplatform/get-status.ts'
import { hex } from '../../../src/base/hex.ts'

const byte = (value: number): string => hex(Uint8Array.of(value))

export function* contentLines({ issuer, applications, loadFiles }: CardContent): Generator<string> {
  for (const entry of issuer) yield `card     ${hex(entry.aid)}  ${entryState(entry)}${details(entry)}`
  for (const entry of applications) {
    const kind = entry.kind === 'securityDomain' ? 'domain ' : 'applet '
    yield `${kind}  ${named(entry.aid)}  ${entryState(entry)}${details(entry)}`
  }
  for (const entry of loadFiles) {
    yield `package  ${hex(entry.aid)}  ${entryState(entry)}${entry.version ? `, version ${entry.version.join('.')}` : ''}${details(entry)}`
    for (const module of entry.modules) yield `           module ${hex(module)}`
  }
}

/** What people call the applications of a My Number card, and the areas of the simulated one. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(APPLICATIONS).map(([name, aid]) => [hex(aid), name] as const),
  [hex(FREE_AREA), '空き領域'],
  [hex(ORDINANCE_AREA), '条例利用領域'],
])

function named(aid: Uint8Array): string {
  const name = NAMES.get(hex(aid))
  return name === undefined ? hex(aid) : `${hex(aid)} ${name}`
}

function details({ privileges, domain, loadFile }: RegistryEntry): string {
  const parts = [
    privileges.length > 0 ? privileges.join(' ') : '',
    loadFile && loadFile.length > 0 ? `from ${hex(loadFile)}` : '',
    domain && domain.length > 0 ? `in ${hex(domain)}` : '',
  ]
  return parts
    .filter((part) => part !== '')
    .map((part) => `, ${part}`)
    .join('')
}

export function* infoLines(info: CardInfo): Generator<string> {
  const { cardData, resources, productionData } = info
  if (cardData) {
    yield `GlobalPlatform          ${cardData.version}`
    for (const [protocol, options] of cardData.protocols)
      yield `secure channel          SCP${byte(protocol)}, i = ${byte(options)}`
  }
  const values = {
    'issuer number (42)': info.issuerNumber,
    'image number (45)': info.imageNumber,
    'diversification (CF)': info.diversificationData,
    'sequence counter (C1)': info.sequenceCounter,
    'serial number (9F7F)': productionData?.icSerialNumber,
  }
  for (const [name, value] of Object.entries(values)) if (value) yield `${name.padEnd(24)}${hex(value)}`
  if (resources)
    yield `free memory             ${resources.freeNonVolatile} bytes lasting, ${resources.freeVolatile} bytes volatile`
  yield* keyLines(info.keys ?? [])
}

/** A line per version: `keys, version FF  1 AES-128, 2 AES-128, 3 AES-128`. */
export function* keyLines(keys: readonly KeyInformation[]): Generator<string> {
  for (const version of new Set(keys.map((key) => key.version))) {
    const set = keys.filter((key) => key.version === version)
    const names = set.map(({ id, components }) => {
      const kinds = components.map(({ type, bytes }) =>
        type === 'AES' ? `AES-${bytes * 8}` : `${type} ${bytes} bytes`,
      )
      return `${id} ${kinds.join(' + ')}`
    })
    yield `keys, version ${byte(version)}        ${names.join(', ')}`
  }
}
