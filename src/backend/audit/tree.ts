/**
 * The Merkle tree of the audit log (RFC 9162, 2.1; hashes kept in tiles of 256 as in tlog-tiles): level 0 holds the leaves, level n the
 * roots of full subtrees of 256^n leaves. So a root of any size needs at most 255 hashes a level.
 */
import { createHash } from 'node:crypto'

export const TILE = 256

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return Uint8Array.from(hash.digest())
}

/** Hash of one entry. The prefix keeps leaves and nodes apart. */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(Uint8Array.of(0), entry)
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(Uint8Array.of(1), left, right)

/** Root over hashes of equally large full subtrees; their number is a power of two. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let level = [...hashes]
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      nodeHash(level[2 * i] as Uint8Array, level[2 * i + 1] as Uint8Array),
    )
  return level[0] as Uint8Array
}

/** Root of a full tile: the hash one level up. */
export const tileRoot = (hashes: readonly Uint8Array[]): Uint8Array => {
  if (hashes.length !== TILE) throw new RangeError(`tileRoot: ${hashes.length} hashes are no full tile`)
  return perfectRoot(hashes)
}

/**
 * Root of a tree from the hashes right of the last full tile of each level: `partial[0]` leaves, `partial[1]` tile roots, …
 * An empty tree has the hash of nothing.
 */
export function treeRoot(partial: readonly (readonly Uint8Array[])[]): Uint8Array {
  const subtrees: Uint8Array[] = []
  for (const hashes of [...partial].reverse()) {
    let at = 0
    for (let size = TILE / 2; size >= 1; size /= 2)
      if ((hashes.length & size) !== 0) {
        subtrees.push(perfectRoot(hashes.slice(at, at + size)))
        at += size
      }
  }
  const last = subtrees.pop()
  return last === undefined ? sha256() : subtrees.reduceRight((right, left) => nodeHash(left, right), last)
}
