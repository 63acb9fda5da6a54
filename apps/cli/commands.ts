/** The commands there are. Each file is loaded only when its command is asked for. */
import type { CliCommand } from './command.ts'

export type Commands = Readonly<Record<string, () => Promise<CliCommand>>>

export const COMMANDS: Commands = {
  run: async () => (await import('./commands/run.ts')).run,
  readers: async () => (await import('./commands/readers.ts')).readers,
  attach: async () => (await import('./commands/attach.ts')).attach,
  card: async () => (await import('./commands/card.ts')).card,
  inspect: async () => (await import('./commands/inspect.ts')).inspect,
  gp: async () => (await import('./commands/gp.ts')).gp,
  backend: async () => (await import('./commands/backend.ts')).backend,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
}
