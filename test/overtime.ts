/** Loaded with every test file: one whose tests are over but that does not end has left something open, and fails instead of waiting for ever. */
import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'

const GRACE_MS = 20_000

// Programs that a test starts may inherit this; they are not meant.
if (isMainThread && process.argv[1]?.endsWith('.test.ts'))
  after(() => {
    setTimeout(() => {
      console.error(`${process.argv[1]} does not end; still open: ${process.getActiveResourcesInfo().join(', ')}`)
      process.exit(1)
    }, GRACE_MS).unref()
  })
