/** The host process: what `utilityProcess` starts. */
import { serveHost } from './host-service.ts'
import { withoutDumps } from './no-dumps.ts'
import { openHost } from './open-host.ts'

withoutDumps()
serveHost(process.parentPort, openHost)
