/** The keeper's words for a screen. */
import { type Teller, useTeller } from '../../shared/preferences.tsx'
import { type DiagnosticsKey, isDiagnosticsKey, sayToKeeper } from './diagnostics-catalogue.ts'

export type DiagnosticsTeller = Teller<DiagnosticsKey>

export const useDiagnosticsWords = (): DiagnosticsTeller => useTeller(sayToKeeper)

/** A kind of fault that has no words of its own yet is still told. */
export function faultKey(kind: string): DiagnosticsKey {
  const key = `diagnostics.fault.${kind}`
  return isDiagnosticsKey(key) ? key : 'diagnostics.fault.other'
}
