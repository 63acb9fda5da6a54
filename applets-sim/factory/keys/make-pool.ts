/**
 * Makes a key pool: `node applets-sim/factory/keys/make-pool.ts COUNT NOTE > FILE.json`.
 * Every key is printed to be committed in the open. They are for simulated cards and test authorities and for nothing else.
 */
import { generateKeyPairSync } from 'node:crypto'

const [
  count = '64',
  note = 'SIMULATED: private keys of simulated cards, public on purpose. Never use them for anything real.',
] = process.argv.slice(2)
const keys = Array.from({ length: Number(count) }, () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64'),
)
process.stdout.write(`${JSON.stringify({ note, keys }, null, 1)}\n`)
