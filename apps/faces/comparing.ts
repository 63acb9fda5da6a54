/** How a place compares faces: by what is given, or by a person who signs in at a reader for that. */
import type { HostPorts, Patience } from '../../src/host/ports.ts'
import { FacesDesk, type FacesPorts } from './faces-desk.ts'

export type FaceCheck = NonNullable<HostPorts['face']>
export type Comparing = FaceCheck | { readonly staffReader: string }

export interface Faces {
  readonly check: FaceCheck
  /** Where a person looks: its service is the page's channel. */
  readonly desk?: FacesDesk
}

export function facesOf(comparing: Comparing, ports: FacesPorts, patience?: Patience): Faces {
  if (!('staffReader' in comparing)) return { check: comparing }
  const settings = { ...ports.settings, staffReader: comparing.staffReader }
  const desk = new FacesDesk({ ...ports, settings }, patience)
  return { check: desk.check, desk }
}
