/** A backend in a process of its own for the load test; prints its address and who is signed in, stops when its standard input ends. Argument: JSON. */
import { createSecretKey } from 'node:crypto'
import { join } from 'node:path'
import { runBackend } from '../../apps/backend/run.ts'
import { enrol } from '../../src/backend/terminals/terminals.ts'
import { setTown } from '../../src/backend/towns/gate.ts'
import { HIERARCHY } from './fixture.ts'
import { signedInAt } from './sign-in.ts'

const { folder, terminals } = JSON.parse(process.argv[2] ?? '{}') as { folder: string; terminals: number }
const BY = { terminal: 'load' }
const running = await runBackend({
  ...{
    place: { folder },
    master: createSecretKey(Buffer.alloc(32, 9)),
    crlFolder: join(folder, 'crl'),
    ceremony: HIERARCHY.quick,
  },
  ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'load', log: () => {} },
  async prepare({ parts }) {
    await setTown(parts, '132217', { checkSheet: true }, BY)
    for (let i = 0; i < terminals; i++)
      for (const role of ['town', 'registry', 'verifier'] as const) {
        const fingerprint = `${role}${i}`.padEnd(64, 'x')
        await enrol(parts, { id: `${role}-${i}`, role, town: role === 'town' ? '132217' : '', fingerprint }, BY)
      }
  },
})
const sessions: Record<string, string> = {}
for (let i = 0; i < terminals; i++)
  sessions[`town-${i}`] = (await signedInAt(running.backend, `town-${i}`, `staff-${i}`)).session
process.stdout.write(`${running.address} ${JSON.stringify(sessions)}\n`)
process.stdin.on('end', () => void running.stop()).resume()
