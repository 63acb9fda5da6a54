/** The verifier: does an exported log say what the authority signed? It needs the export and the log's public key, no database. */
import { fromUtf8, utf8 } from '../../base/bytes.ts'
import { isSignedBy } from '../keys/verify.ts'
import { checkpointText, ORIGIN } from './log.ts'
import { leafHash, TILE, tileRoot, treeRoot } from './tree.ts'

export type VerifyResult =
  | { readonly ok: true; readonly size: number }
  | {
      readonly ok: false
      readonly problem: 'noCheckpoint' | 'badCheckpoint' | 'badSignature' | 'notALine' | 'outOfOrder' | 'otherRoot'
      /** Number of the line in the export, from 1, where the problem has a place. */
      readonly line?: number
    }

/** Reads an export once, from first line to last. `publicKey` is the SubjectPublicKeyInfo of the log's key. */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  publicKey: Uint8Array,
): Promise<VerifyResult> {
  const levels: Uint8Array[][] = [[]]
  let size = 0
  let number = 0
  for await (const line of lines) {
    number++
    const parsed = parse(line)
    if (parsed === undefined) return { ok: false, problem: 'notALine', line: number }
    if (parsed.checkpoint !== undefined) return checked(parsed.checkpoint, size, treeRoot(levels), publicKey)
    if (parsed.position !== size) return { ok: false, problem: 'outOfOrder', line: number }
    add(levels, 0, leafHash(utf8(line)))
    size++
  }
  return { ok: false, problem: 'noCheckpoint' }
}

/** Full tiles become one hash above: what is kept is never more than 255 hashes a level. */
function add(levels: Uint8Array[][], level: number, hash: Uint8Array): void {
  const hashes = levels[level] ?? []
  levels[level] = hashes
  hashes.push(hash)
  if (hashes.length < TILE) return
  levels[level] = []
  add(levels, level + 1, tileRoot(hashes))
}

function checked(note: string, size: number, root: Uint8Array, publicKey: Uint8Array): VerifyResult {
  const match = /^([\s\S]+\n)\n— ([^ \n]+) ([A-Za-z0-9+/=]+)\n$/.exec(note)
  const [, text, origin, signature] = match ?? []
  if (text === undefined || signature === undefined || origin !== ORIGIN) return { ok: false, problem: 'badCheckpoint' }
  const genuine = isSignedBy('p384-sha384', publicKey, utf8(text), Uint8Array.from(Buffer.from(signature, 'base64')))
  if (!genuine) return { ok: false, problem: 'badSignature' }
  return text === checkpointText(size, root) ? { ok: true, size } : { ok: false, problem: 'otherRoot' }
}

function parse(line: string): { readonly position?: number; readonly checkpoint?: string } | undefined {
  try {
    const value: unknown = JSON.parse(fromUtf8(utf8(line)))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
