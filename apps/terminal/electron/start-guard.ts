/**
 * How a packaged program may be started (checklist row 24): with nothing but its own switches. Chromium and Node have hundreds that open
 * a debugger, drop the sandbox or load code; none of them is named here, because everything unnamed is refused.
 */

/** `--enrol=FILE`: seals the terminal's key and certificate in the store of the system, and ends. */
const OWN_SWITCH = /^--enrol=./
/** `--diagnostics`, with nothing of ours beside it: the running terminal is asked to show its keeper's page (`keeper-wish.ts`). */
const DIAGNOSTICS = '--diagnostics'
/** What a desktop adds by itself and what changes nothing but how the window is drawn. */
const DESKTOP_SWITCHES = /^--(ozone-platform(-hint)?=(auto|x11|wayland)|force-device-scale-factor=\d(\.\d+)?)$/
/** Environment variables that Electron or Node act on. `NODE_*` of Node; `ELECTRON_*` of Electron. */
const ENVIRONMENT = /^(ELECTRON|NODE)_/
/** Chromium writes the keys of its connections to the first; the others put foreign code into the program. */
const SPIES = new Set(['SSLKEYLOGFILE', 'LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'])

export interface Start {
  readonly packaged: boolean
  /** Without the program itself. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Names (never values) of what must not be there; empty when the program may start. */
export function refusedAtStart({ packaged, args, env }: Start): readonly string[] {
  if (!packaged) return []
  const asks = wantsDiagnostics(args)
  const switches = ownArguments(args).filter((arg) => !OWN_SWITCH.test(arg) && !asks)
  const variables = Object.keys(env).filter(
    (name) => ENVIRONMENT.test(name.toUpperCase()) || SPIES.has(name.toUpperCase()),
  )
  return [...switches.map((arg) => arg.split('=')[0] ?? ''), ...variables]
}

/** Without what a desktop adds. */
const ownArguments = (args: readonly string[]): readonly string[] => args.filter((arg) => !DESKTOP_SWITCHES.test(arg))

export const wantsDiagnostics = (args: readonly string[]): boolean => {
  const own = ownArguments(args)
  return own.length === 1 && own[0] === DIAGNOSTICS
}

export const enrolmentFile = (args: readonly string[]): string | undefined =>
  args.find((arg) => OWN_SWITCH.test(arg))?.slice('--enrol='.length)
