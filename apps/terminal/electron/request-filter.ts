/** Which requests of a page go out (checklist row 6): cancelled unless this table names the kind, and the address is the program's own. */
import type { OnBeforeRequestListenerDetails } from 'electron'
import { isOwnUrl } from './origin.ts'

export type RequestKind = OnBeforeRequestListenerDetails['resourceType']

/** Everything a page of ours is made of. What is not here a page of ours never asks for. */
const ALLOWED: Readonly<Record<RequestKind, boolean>> = {
  mainFrame: true,
  script: true,
  stylesheet: true,
  image: true,
  font: true,
  media: true,
  subFrame: false,
  object: false,
  xhr: false,
  ping: false,
  cspReport: false,
  webSocket: false,
  other: false,
}

export const goesOut = (kind: string, url: string): boolean =>
  Object.hasOwn(ALLOWED, kind) && ALLOWED[kind as RequestKind] && isOwnUrl(url)
