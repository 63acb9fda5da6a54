/** One import of each form, for imports.test.ts to read. import { nothing } from 'this sentence' */
import 'node:assert'
import {
  existsSync, // and a comment
  type Stats,
} from 'node:fs'
import * as path from 'node:path'
import type * as rooms from './rooms.ts'
import type { Import, root } from './tree.ts'

export type { sourceFiles } from './tree.ts'
export type Used = [typeof rooms, typeof root, Import, Stats]
export const used = [existsSync, path, await import('node:os')] as const
