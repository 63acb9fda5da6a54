/** A file for whoever keeps the terminal, made in the page of what the page was told. */
import { type Diagnostics, diagnosticsSchema } from '../../../../src/wire/diagnostics.ts'

const TYPES = { json: 'application/json', prom: 'text/plain; version=0.0.4' } as const
export type Form = keyof typeof TYPES

/** Only what the schema names: a field that somebody adds stays here until it is named there. */
export function exported(told: Diagnostics, form: Form): string {
  const { metrics, ...state } = diagnosticsSchema.parse(told)
  return form === 'prom' ? metrics : `${JSON.stringify(state, null, 2)}\n`
}

export function save(told: Diagnostics, form: Form): void {
  const url = URL.createObjectURL(new Blob([exported(told, form)], { type: TYPES[form] }))
  const link = document.createElement('a')
  const at = new Date(told.at).toISOString().replace(/[-:]|\.\d+/g, '')
  link.href = url
  link.download = `${told.terminal}-${at}.${form}`
  link.click()
  URL.revokeObjectURL(url)
}
