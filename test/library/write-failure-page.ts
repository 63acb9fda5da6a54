/** Writes docs/failures.md from the failure catalogue. */
import { writeFileSync } from 'node:fs'
import { failurePage } from '../../src/base/failures/page.ts'

writeFileSync(new URL('../../docs/failures.md', import.meta.url), failurePage())
