/** `madoguchi attach`: a simulated card in a slot of vpcd, behind a real pcscd. */
import { parseArgs } from 'node:util'
import { attachToVpcd } from '../../../drivers/virtual/vpcd.ts'
import { openCard } from '../card-source.ts'
import { type CliCommand, UsageError } from '../command.ts'

function address(text: string | undefined): { readonly host: string; readonly port: number } {
  const [, host, digits] = /^(?:\[?([^[\]]+)\]?):(\d+)$/.exec(text ?? '') ?? []
  const port = Number(digits)
  if (host === undefined || port < 1 || port > 0xffff)
    throw new UsageError(
      `--vpcd takes HOST:PORT, for example 127.0.0.1:35963${text === undefined ? '' : `, not "${text}"`}`,
    )
  return { host, port }
}

export const attach: CliCommand = {
  name: 'attach',
  summary: 'lay a simulated card in a slot of vpcd, behind a real pcscd',
  usage: `madoguchi attach --vpcd HOST:PORT [--discard] CARD

Connects to the virtual reader driver of the vsmartcard project and answers as the card in that slot, until it is
interrupted; connects again when pcscd comes back. CARD is an image file, whose changes are kept, or a profile.

  --vpcd HOST:PORT   the slot: port 35963 for the first one of Debian's vsmartcard-vpcd, 35964 for the second
  --discard          leave the image file as it is`,

  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { vpcd: { type: 'string' }, discard: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const slot = address(values.vpcd)
    const [name, ...more] = positionals
    if (name === undefined || more.length > 0)
      throw new UsageError('which card? madoguchi attach --vpcd HOST:PORT CARD')
    const { card, label, save } = await openCard(name, { discard: values.discard })
    const onAttached = (attached: boolean) => {
      if (attached) io.out(`${label} (simulated) lies in the slot at ${slot.host}:${slot.port}`)
    }
    await attachToVpcd(card, { ...slot, onAttached }, io.signal)
    await save()
    return 0
  },
}
