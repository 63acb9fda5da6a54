/** What the backend of a town wrote down. */
import type { SpecimenName } from '../../apps/world/specimens.ts'
import type { World } from '../../apps/world/world.ts'
import { linesAbout, sequence } from '../../src/backend/audit/log.ts'

/** Lines of the log about one holder and one procedure, oldest first. */
export async function recorded({ backend }: World, name: SpecimenName, procedure: string) {
  await sequence(backend.parts)
  return (await linesAbout(backend.parts.store, name)).filter((line) => line.procedure === procedure)
}
