/** `npm run build`: TypeScript to `dist`, from nothing, so that no file of yesterday is shipped. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, succeeds } from './command.mjs'

rmSync(join(root, 'dist'), { recursive: true, force: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
process.exitCode = succeeds(process.execPath, [compiler, '-p', 'tsconfig.dist.json']) ? 0 : 1
