/** The one session: in memory, no network, no permission, nothing downloaded (checklist rows 5–8, 20, 21). */
import type { Session } from 'electron'
import { answerPage, type PageFolders } from './app-page.ts'
import type { Electron } from './given.ts'
import { SCHEME } from './origin.ts'
import { denyPermissions } from './permissions.ts'
import { goesOut } from './request-filter.ts'
import { SESSION } from './window-options.ts'

export function ownSession({ session }: Pick<Electron, 'session'>, folders: PageFolders): Session {
  const own = session.fromPartition(SESSION.partition, SESSION.options)
  denyPermissions(own)
  own.webRequest.onBeforeRequest(({ resourceType, url }, answer) => answer({ cancel: !goesOut(resourceType, url) }))
  own.protocol.handle(SCHEME, (request) => answerPage(request, folders))
  own.on('will-download', (event) => event.preventDefault())
  return own
}
