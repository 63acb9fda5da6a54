/** What a hall needs besides its readers, for a terminal that works alone on simulated cards. */
import { randomBytes } from 'node:crypto'
import { systemClock } from '../../src/base/clock.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import { type HostPorts, systemTimers } from '../../src/host/ports.ts'
import type { Settings } from '../../src/host/settings.ts'

export const SIMULATED_TERMINAL: Settings = {
  terminal: 'simulated',
  role: 'postOffice',
  place: 'simulation',
  keypad: 'telephone',
}

/** A terminal that knows no backend and forgets when it ends. */
export const aloneOnReaders = (readers: HostPorts['readers'], settings: Partial<Settings> = {}): HostPorts => ({
  readers,
  clock: systemClock,
  timers: systemTimers,
  random: { bytes: (length) => Uint8Array.from(randomBytes(length)) },
  settings: { ...SIMULATED_TERMINAL, ...settings },
  backend: [],
  journal: memoryJournalStore(),
})
