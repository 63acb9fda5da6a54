/** How the phone app compares faces, as the command line says it. */
import type { Comparing } from '../faces/comparing.ts'
import { type EngineTrouble, engineFace } from '../faces/engine.ts'
import { simulatedFace } from '../faces/simulated-face.ts'
import { BadOption, type FacesOption } from './options.ts'
import { READERS } from './readers.ts'
import { say } from './say.ts'

/** Throws BadOption for files that hold no key and certificate. */
export function comparingOf(faces: FacesOption): Comparing {
  switch (faces.how) {
    case 'simulated':
      return simulatedFace
    case 'person':
      return { staffReader: faces.reader ?? READERS.faces }
    case 'engine':
      try {
        return engineFace({ ...faces, told: tell })
      } catch (error) {
        throw new BadOption(`--client-key, --client-cert: ${(error as Error).message}`)
      }
  }
}

const TROUBLE: Readonly<Record<EngineTrouble, readonly [string, string]>> = {
  unreachable: ['顔照合エンジンにつながりません。', 'The face engine cannot be reached.'],
  late: ['顔照合エンジンの答えが遅すぎます。', 'The face engine took too long to answer.'],
  notConforming: [
    '顔照合エンジンの答えが、取り決めと違います(docs/face-engine.md)。',
    'The face engine answered otherwise than its contract says (docs/face-engine.md).',
  ],
}

const tell = (trouble: EngineTrouble): void => say(...TROUBLE[trouble])
