/** Pictures beside words, never instead of them. Drawn on a grid of 24, in the colour of the text. */
import type { ReactNode } from 'react'
import type { PinName, ProcedureName } from '../../../../src/wire/view.ts'

export type IconName =
  | PinName
  | ProcedureName
  | 'good'
  | 'blocked'
  | 'missing'
  | 'alert'
  | 'settings'
  | 'cancel'
  | 'todo'
  | 'help'
  | 'clock'
  | 'search'

const CARD = <rect x="2.5" y="5" width="19" height="14" rx="2.5" />
const RING = <circle cx="12" cy="12" r="9.5" />

const RESET = (
  <>
    <path d="M20 12a8 8 0 1 1-2.5-5.8M20 3v4.5h-4.5" />
    <path d="M8.5 12h.01M12 12h.01M15.5 12h.01" />
  </>
)
const SIGN = <path d="M3 20.5h18M5 16.5l1-4L16.5 2l3.5 3.5L9.5 16l-4.5.5Z" />
const AUTH = (
  <>
    <circle cx="12" cy="7.5" r="4.5" />
    <path d="M3.5 21.5c0-5 3.8-7.5 8.5-7.5s8.5 2.5 8.5 7.5" />
  </>
)

const DRAWINGS: Readonly<Record<IconName, ReactNode>> = {
  sign: SIGN,
  auth: AUTH,
  text: (
    <>
      {CARD}
      <path d="M6 10h6M6 14h4" />
      <circle cx="17" cy="12" r="2" />
    </>
  ),
  juki: <path d="M2.5 11.5 12 3l9.5 8.5M5.5 9.5V21h13V9.5M10 21v-6h4v6" />,
  pinStatus: (
    <>
      {CARD}
      <path d="m7 12 3 3 6.5-6.5" />
    </>
  ),
  signPinReset: SIGN,
  authPinReset: AUTH,
  counterPinReset: RESET,
  reserveSignReset: SIGN,
  reserveAuthReset: AUTH,
  preDelivery: (
    <>
      {CARD}
      <path d="M12 8v8M8 12h8" />
    </>
  ),
  delivery: (
    <>
      {CARD}
      <path d="M6 12h11m-4-4 4 4-4 4" />
    </>
  ),
  pinChange: <path d="M4 9.5a8.5 8.5 0 0 1 15-2.5m1.5-4V8h-5M20 14.5a8.5 8.5 0 0 1-15 2.5m-1.5 4V16h5" />,
  good: (
    <>
      {RING}
      <path d="m7 12.5 3.5 3.5L17 9" />
    </>
  ),
  blocked: (
    <>
      <rect x="4.5" y="10.5" width="15" height="11" rx="2" />
      <path d="M8 10.5V7a4 4 0 0 1 8 0v3.5M12 15v2.5" />
    </>
  ),
  missing: (
    <>
      {RING}
      <path d="M7.5 12h9" />
    </>
  ),
  alert: <path d="M12 3 2 21h20L12 3Zm0 7v5m0 2.2v.8" />,
  settings: <path d="M2 19 7 5l5 14M3.7 14.5h6.6M14 19l4-11 4 11m-6.7-3.5h5.4" />,
  clock: (
    <>
      {RING}
      <path d="M12 6.5V12l3.5 2.5" />
    </>
  ),
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="7" />
      <path d="m15.8 15.8 5.7 5.7" />
    </>
  ),
  cancel: <path d="m5 5 14 14M19 5 5 19" />,
  todo: <path d="M3 12h16m-6.5-7 7 7-7 7" />,
  help: (
    <>
      {RING}
      <path d="M9 9.2C9 7.5 10.3 6.5 12 6.5s3 1 3 2.7c0 2-3 2.3-3 4.5m0 2.8v.8" />
    </>
  ),
}

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  )
}
