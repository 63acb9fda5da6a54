/** The client against the simulated chip: opening a channel, commands through it, a load of 32 KiB. */
import { buildCapFile } from '../../src/applications/globalplatform/cap-builder.ts'
import { loadFileDataBlock, parseCapFile } from '../../src/applications/globalplatform/cap-file.ts'
import { CardManager } from '../../src/applications/globalplatform/card-manager.ts'
import { authenticating, type SessionState, wrap } from '../../src/applications/globalplatform/scp03-session.ts'
import { openSecureChannel } from '../../src/applications/globalplatform/secure-channel.ts'
import { fromHex } from '../../src/base/hex.ts'
import { command } from '../../src/card/command.ts'
import { chipCard, seededRandom, testKeys } from '../globalplatform/chip-card.ts'
import type { BenchLine } from './bench-line.ts'

/** A session of level 33 as it is after EXTERNAL AUTHENTICATE. */
function channelState(): SessionState {
  const key = (fill: number) => new Uint8Array(16).fill(fill)
  return { ...authenticating({ enc: key(1), mac: key(2), rmac: key(3) }, 8, 0), level: 0x33, counter: 1 }
}

const AID = fromHex('F00000000101')
const cap = parseCapFile(
  buildCapFile({ package: { aid: AID, major: 1, minor: 0 }, applets: [fromHex('F0000000010101')], codeSize: 32_600 }),
)

/** Microseconds of one run, the median of several. */
async function median(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    await work()
    times.push((performance.now() - start) * 1000)
  }
  return times.sort((a, b) => a - b)[runs >> 1] ?? Number.NaN
}

export async function* bench(): AsyncGenerator<BenchLine> {
  const { transmit } = await chipCard()
  const options = { transmit, keys: testKeys(), level: 0x33, random: seededRandom(1) } as const
  const open = async () => {
    await transmit(fromHex('00A4040000'))
    return openSecureChannel(options)
  }
  await median(50, open)
  yield {
    name: 'secure channel set-up: SELECT to EXTERNAL AUTHENTICATE, level 33',
    value: round(await median(200, open)),
    unit: 'µs',
  }

  const getData = fromHex('80CA00E000')
  await transmit(fromHex('00A4040000'))
  await median(200, () => transmit(getData))
  const bare = await median(500, () => transmit(getData))
  const channel = await open()
  await median(200, () => channel.transmit(getData))
  const wrapped = await median(500, () => channel.transmit(getData))
  yield {
    name: 'GET DATA through a channel of level 33, both ends',
    value: round(1e6 / wrapped),
    unit: 'commands/s',
    ratio: round(wrapped / bare),
    against: 'the same command without a channel (time)',
  }

  for (const length of [16, 200]) {
    let state = channelState()
    const store = command(0x80, 0xe2, 0x00, 0x00, { data: new Uint8Array(length), ne: 256 })
    const wrapMany = async () => {
      for (let i = 0; i < 100; i++) state = wrap(state, store).next
    }
    await median(50, wrapMany)
    yield {
      name: `wrapping alone, level 33, ${length} bytes of data: the side that commands`,
      value: round(1e8 / (await median(100, wrapMany))),
      unit: 'commands/s',
    }
  }

  const blockSize = loadFileDataBlock(cap).length
  const load = async () => {
    const fresh = await chipCard()
    const opened = await CardManager.open({ ...options, transmit: fresh.transmit })
    if (opened.kind !== 'ok') throw new Error(opened.kind)
    const start = performance.now()
    const outcome = await opened.value.load(cap)
    if (outcome.kind !== 'ok') throw new Error(outcome.kind)
    return performance.now() - start
  }
  await load()
  const times = [await load(), await load(), await load()].sort((a, b) => a - b)
  yield {
    name: `load of ${blockSize} bytes, level 33, INSTALL to the last LOAD`,
    value: round(times[1] ?? 0),
    unit: 'ms',
  }
}

const round = (value: number) => Math.round(value * 10) / 10
