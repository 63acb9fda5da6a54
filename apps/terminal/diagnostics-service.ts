/** The keeper's page: asks each hall behind a door how it is, on a channel of its own that takes no screen's place, and saves what it says. */
import type { z } from 'zod'
import { connect } from '../../src/wire/connect.ts'
import { diagnosticsCalls, diagnosticsSchema } from '../../src/wire/diagnostics.ts'
import { ChannelError } from '../../src/wire/frame.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { type Service, serve } from '../../src/wire/serve.ts'
import type { SaveDiagnostics } from './diagnostics-files.ts'

export interface KeptHall {
  readonly service: Service
  readonly save: SaveDiagnostics
}

const { diagnostics, save } = diagnosticsCalls

export function diagnosticsService(halls: readonly KeptHall[]): Service {
  const kept = halls.map((hall) => {
    const { near, far } = wirePair()
    serve(far, hall.service)
    const client = connect(near)
    return { save: hall.save, told: async () => diagnosticsSchema.parse(await client.call('diagnostics', {})) }
  })
  return {
    calls: {
      diagnostics: { input: diagnostics.input, handle: () => Promise.all(kept.map(({ told }) => told())) },
      save: {
        input: save.input,
        async handle({ terminal, form }: z.infer<typeof save.input>) {
          for (const one of kept) {
            const told = await one.told()
            if (told.terminal === terminal) return one.save(told, form)
          }
          throw new ChannelError('badInput')
        },
      },
    },
    listens: {},
  }
}
