/** The words of the visual check for a screen. */
import { type Teller, useTeller } from '../../shared/preferences.tsx'
import { type FacesKey, sayAtFaces } from './faces-catalogue.ts'

export type FacesTeller = Teller<FacesKey>

export const useFacesWords = (): FacesTeller => useTeller(sayAtFaces)
