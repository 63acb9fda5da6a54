/** The applet classes this chip can run. */
import type { AppletClass } from '../applet.ts'

export const APPLET_CLASSES: readonly AppletClass[] = []
