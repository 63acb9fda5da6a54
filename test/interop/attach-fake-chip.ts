/** A process of its own that attaches the fake chip to a vpcd port: for tests of readers, where no real card is needed. */
import { attachToVpcd } from '../../drivers/virtual/vpcd.ts'
import { FakeChip } from '../virtual/fake-chip.ts'

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
await attachToVpcd(
  new FakeChip(),
  { host: '127.0.0.1', port: Number(process.argv[2]), onAttached: (attached) => attached && console.log('attached') },
  stop.signal,
)
