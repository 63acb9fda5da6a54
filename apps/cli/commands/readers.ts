/** `madoguchi readers`: virtual readers in the foreground, with a control API beside them. */
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ControlServer } from '../../../drivers/virtual/control/control-server.ts'
import { type CliCommand, UsageError } from '../command.ts'
import { readerChoices, VirtualReaders } from '../virtual-readers.ts'

async function control(readers: VirtualReaders, path: string): Promise<ControlServer> {
  try {
    return await ControlServer.listen(readers.desk, path)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export const readers: CliCommand = {
  name: 'readers',
  summary: 'virtual readers with simulated cards for every program on this machine',
  usage: `madoguchi readers [--reader NAME[=CARD]]… [--socket PATH] [--control PATH] [--discard]

A PC/SC service in the foreground, until it is interrupted. Programs that have PCSCLITE_CSOCK_NAME set to its socket see the
readers. The control API – HTTP on a Unix socket, described at /openapi.json – inserts and removes cards, lets faults
happen, and streams events.

  --reader NAME[=CARD]   a reader, empty or with a card (image file or profile); may be given more than once
  --socket PATH          where the PC/SC service listens
  --control PATH         where the control API listens
  --discard              leave the image files as they are

  madoguchi readers --reader 窓口=resident --control /tmp/control
  curl --unix-socket /tmp/control http://control/readers`,

  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        reader: { type: 'string', multiple: true },
        socket: { type: 'string' },
        control: { type: 'string' },
        discard: { type: 'boolean', default: false },
      },
    })
    const virtual = await VirtualReaders.open(readerChoices(values.reader), {
      discard: values.discard,
      socket: values.socket,
    })
    try {
      const api = await control(virtual, values.control ?? join(virtual.folder, 'control'))
      for (const { name, card } of virtual.bay.readers)
        io.out(`reader   ${name}: ${card?.label ?? 'empty'} (simulated)`)
      io.out(`control  ${api.socketPath}`)
      io.out(`pcsc     export PCSCLITE_CSOCK_NAME=${virtual.service.socketPath}`)
      if (!io.signal.aborted) await once(io.signal, 'abort')
      await api.close()
    } finally {
      await virtual.close()
    }
    return 0
  },
}
