/** What a resident's screen is served, at a kiosk and at a counter; how a turn begins is told by who serves it. */
import type { Diagnostics } from '../wire/diagnostics.ts'
import { ChannelError } from '../wire/frame.ts'
import { hostCalls, hostListens } from '../wire/host-api.ts'
import type { CallHandler, Service } from '../wire/serve.ts'
import type { ProcedureName } from '../wire/view.ts'
import type { HostPorts } from './ports.ts'
import type { PromptDesk, Shown } from './prompt-desk.ts'
import { receiptOf } from './receipt.ts'
import { screensOf } from './screens.ts'

/** The turn that goes on, if one does. */
export interface RunningTurn {
  readonly name: ProcedureName
  cancel(): void
}

export interface ResidentSide {
  readonly ports: HostPorts
  readonly prompts: PromptDesk
  readonly turn: () => RunningTurn | undefined
  /** Throws `ChannelError`. */
  readonly start: (procedure: ProcedureName) => Promise<void>
  readonly diagnostics: () => Promise<Diagnostics>
}

export function residentService({ ports, prompts, turn, start, diagnostics }: ResidentSide): Service {
  const { terminal, place, keypad } = ports.settings
  return {
    calls: {
      place: {
        input: hostCalls.place.input,
        handle: async () => ({ terminal, place, keypad, receipts: ports.printer !== undefined }),
      },
      print: {
        input: hostCalls.print.input,
        handle: async ({ prompt }: { prompt: number }) => print(ports, prompts.screen, prompt, turn()),
      },
      start: {
        input: hostCalls.start.input,
        handle: async ({ procedure }: { procedure: ProcedureName }) => {
          await start(procedure)
          return {}
        },
      },
      answer: answering(prompts),
      diagnostics: { input: hostCalls.diagnostics.input, handle: () => diagnostics() },
      cancel: {
        input: hostCalls.cancel.input,
        handle: async () => {
          turn()?.cancel()
          return {}
        },
      },
    },
    listens: {
      screen: { input: hostListens.screen.input, handle: (_: unknown, signal) => screensOf(prompts, signal) },
    },
  }
}

/** Answers the open prompt of a screen; a secret comes beside the answer. */
export const answering = <V extends { readonly kind: string }, A>(prompts: PromptDesk<V, A>): CallHandler => ({
  input: hostCalls.answer.input,
  handle: async ({ prompt, answer }: { prompt: number; answer: unknown }, secret) => {
    prompts.answer(prompt, answer, secret)
    return {}
  },
})

async function print(
  { printer, settings, clock }: HostPorts,
  screen: Shown<Parameters<typeof receiptOf>[0]>,
  prompt: number,
  turn: RunningTurn | undefined,
): Promise<object> {
  if (printer === undefined) throw new ChannelError('notOffered')
  if (screen.prompt !== prompt || turn === undefined) throw new ChannelError('stalePrompt')
  const receipt = receiptOf(screen.view, turn.name, settings, clock.now())
  if (receipt === undefined) throw new ChannelError('badInput')
  await printer.print(receipt)
  return {}
}
