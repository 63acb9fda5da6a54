/** The keeper's page: asks each hall behind this door how it is, on a channel of its own that takes no screen's place. */
import { connect } from '../../src/wire/connect.ts'
import { diagnosticsCalls } from '../../src/wire/diagnostics.ts'
import { wirePair } from '../../src/wire/memory-wire.ts'
import { type Service, serve } from '../../src/wire/serve.ts'

export function diagnosticsService(halls: readonly Service[]): Service {
  const clients = halls.map((hall) => {
    const { near, far } = wirePair()
    serve(far, hall)
    return connect(near)
  })
  const handle = () => Promise.all(clients.map((client) => client.call('diagnostics', {})))
  return { calls: { diagnostics: { input: diagnosticsCalls.diagnostics.input, handle } }, listens: {} }
}
