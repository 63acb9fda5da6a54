/**
 * What a page of the terminal may do (checklist rows 7, 8, 25): the one place where the policy of its content is written, for the
 * `app://` scheme of the packaged terminal and for the loopback door.
 */

/**
 * What a document's answer carries. `channel` is the one origin it may open a WebSocket to; none where a MessagePort is handed
 * over. `camera`: the phone app takes a portrait.
 */
export const pageHeaders = (
  channel?: `ws://127.0.0.1:${number}`,
  camera = false,
): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self'",
    `connect-src ${channel ?? "'self'"}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': `camera=(${camera ? 'self' : ''}), microphone=(), geolocation=(), usb=(), serial=(), hid=()`,
  'Cache-Control': 'no-store',
})
