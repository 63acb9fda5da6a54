/** A provider of applications, and what it signs. */
import { loadFileDataBlock, parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { packageText } from '../../src/backend/scripts/providers.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { type CardKey, cardKey } from './fixture.ts'

export interface Provider {
  readonly id: string
  readonly key: CardKey
}

export const provider = (id: string): Provider => ({ id, key: cardKey() })

export interface Unsigned {
  readonly id: string
  readonly area: 'free' | 'ordinance'
  readonly instance: string
  readonly cap: Uint8Array
}

export function signedApp({ id: name, key }: Provider, app: Unsigned) {
  const text = packageText({ ...app, loadFile: loadFileDataBlock(parseCapFile(app.cap)) })
  return { ...app, provider: name, signature: key.sign(utf8(text)) }
}
