/** The host process: what `utilityProcess` starts. */
import { serveHost } from './host-service.ts'
import { openHost } from './open-host.ts'

serveHost(process.parentPort, openHost)
