/** Load file data block hash (GPCS 2.3.1, C.2): what load tokens and DAP signatures are made over. */
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'

const HASHES = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 } as const
export type HashName = keyof typeof HASHES

/**
 * Hash of the load file data block, without its C4 tag and length: the field of INSTALL [for load], and the
 * input of a DAP signature (C.3). New work takes SHA-256 or longer; SHA-1 is for cards with 1024-bit token keys.
 */
export const loadFileHash = (dataBlock: Uint8Array, name: HashName = 'SHA-256'): Uint8Array => HASHES[name](dataBlock)
