/** Named places between two effects where a test may end the process (backend.md, crash tests). Elsewhere they do nothing. */

/** Called with the name of the place just reached. In production it is `neverCrash`. */
export type CrashHook = (point: string) => void

export const neverCrash: CrashHook = () => {}
