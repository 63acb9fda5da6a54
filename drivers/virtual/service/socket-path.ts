/** Taking a path for a Unix socket, without taking it away from anybody. */
import { lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'

/** sun_path of Linux, without the final zero. */
const LONGEST_PATH = 107

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

/** Throws Error with one sentence when the path is too long, is not a socket, or somebody serves it; removes a stale socket. */
export async function claimSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new Error(`the socket path is longer than ${LONGEST_PATH} bytes: ${path}`)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`there is something else than a socket at ${path}`)
  if (await isServed(path)) throw new Error(`another program already serves ${path}`)
  rmSync(path, { force: true })
}
