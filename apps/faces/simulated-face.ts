/**
 * A comparison of faces that only looks whether there are two pictures: simulated, and says so on the phone for as long as it takes to
 * read. A backend outside a simulation refuses what it says (`simulatedFaceRefused`).
 */
import { setTimeout } from 'node:timers/promises'
import type { HostPorts } from '../../src/host/ports.ts'

const READ_MS = 1_500

export const simulatedFace: NonNullable<HostPorts['face']> = {
  how: 'simulatedEngine',
  async compare(photo, live, signal) {
    const matched = photo.length > 0 && live.length > 0
    await setTimeout(READ_MS, undefined, { signal })
    return { method: 'simulatedEngine', matched }
  },
}
