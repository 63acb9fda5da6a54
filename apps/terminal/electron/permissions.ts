/** What a page may use of the machine: nothing (checklist row 8). Each of Electron's four questions is answered with no. */
import type { Session } from 'electron'

type Handlers = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
>
type HandlerOf<K extends keyof Handlers> = NonNullable<Parameters<Handlers[K]>[0]>

export const answerRequest: HandlerOf<'setPermissionRequestHandler'> = (_page, _permission, answer) => answer(false)
export const answerCheck: HandlerOf<'setPermissionCheckHandler'> = () => false
export const answerDevice: HandlerOf<'setDevicePermissionHandler'> = () => false
/** An answer without a stream is a refusal. */
export const answerDisplayMedia: HandlerOf<'setDisplayMediaRequestHandler'> = (_request, answer) => answer({})

export function denyPermissions(session: Handlers): void {
  session.setPermissionRequestHandler(answerRequest)
  session.setPermissionCheckHandler(answerCheck)
  session.setDevicePermissionHandler(answerDevice)
  session.setDisplayMediaRequestHandler(answerDisplayMedia)
}
