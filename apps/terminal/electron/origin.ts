/** Where the terminal's own pages live, and nothing else does (checklist rows 5, 9, 11). Compared as parsed origins, never as texts. */

export const SCHEME = 'app'
export const HOST = 'terminal'
export const OWN_ORIGIN = `${SCHEME}://${HOST}`

/** What Chromium must know of the scheme before it is ready: an origin of its own, a secure context, no way around the page's policy. */
export const SCHEME_PRIVILEGES = { standard: true, secure: true, supportFetchAPI: false } as const

export function isOwnUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    url.protocol === `${SCHEME}:` &&
    url.host === HOST &&
    url.username === '' &&
    url.password === '' &&
    url.port === ''
  )
}

export const pageUrl = (page: string): string => `${OWN_ORIGIN}/${page}`
