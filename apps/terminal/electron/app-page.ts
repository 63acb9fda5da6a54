/** What `app://terminal/…` answers (checklist rows 5, 7): files of the built pages and the calm page, locked down, and nothing else. */
import { pageFile } from '../page-file.ts'
import { pageHeaders } from '../page-policy.ts'
import { isOwnUrl } from './origin.ts'

export interface PageFolders {
  readonly pages: string
  /** The page that is shown while there is no other. */
  readonly calm: string
}

export const CALM_PAGE = 'calm/'

export async function answerPage(
  { url, method }: { readonly url: string; readonly method: string },
  folders: PageFolders,
): Promise<Response> {
  const headers = pageHeaders()
  if (method !== 'GET') return new Response(null, { status: 405, headers })
  if (!isOwnUrl(url)) return new Response(null, { status: 404, headers })
  const { pathname } = new URL(url)
  const calm = pathname.startsWith(`/${CALM_PAGE}`)
  const file = calm
    ? await pageFile(folders.calm, pathname.slice(CALM_PAGE.length))
    : await pageFile(folders.pages, pathname)
  if (file === undefined) return new Response(null, { status: 404, headers })
  return new Response(new Uint8Array(file.body), { headers: { ...headers, 'Content-Type': file.type } })
}
