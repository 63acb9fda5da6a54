/** A comparison of faces that only looks whether there are two pictures: simulated, and says so. A backend outside a simulation refuses it. */
import type { HostPorts } from '../../src/host/ports.ts'

export const simulatedFace: NonNullable<HostPorts['face']> = {
  how: 'simulatedEngine',
  async compare(photo, live) {
    return { method: 'simulatedEngine', matched: photo.length > 0 && live.length > 0 }
  },
}
