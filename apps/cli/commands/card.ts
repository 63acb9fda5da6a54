/** `madoguchi card`: making, showing and editing card image files. */
import { parseArgs } from 'node:util'
import { makeCardImage, PROFILES, type ProfileName, profileTitle } from '../../../applets-sim/factory/profiles.ts'
import { formatCardImage } from '../../../applets-sim/image-file.ts'
import { EDITABLE, editImage, overridesOf, parseSettings, usable } from '../card/settings.ts'
import { showImage } from '../card/show-image.ts'
import { isProfile, parseImage, readImage, replaceFile, writeNewFile } from '../card-source.ts'
import { type CliCommand, type CliIo, UsageError } from '../command.ts'

type Options = { readonly output: string | undefined; readonly set: readonly string[] | undefined }

const profileOf = (name: string | undefined): ProfileName => {
  if (name !== undefined && isProfile(name)) return name
  const asked = name === undefined ? 'which profile?' : `there is no profile ${JSON.stringify(name)};`
  throw new UsageError(`${asked} profiles are ${PROFILES.join(', ')}`)
}

async function create(name: string | undefined, { output, set }: Options, io: CliIo): Promise<void> {
  const profile = profileOf(name)
  const text = formatCardImage(await usable(makeCardImage(profile, overridesOf(parseSettings(set)))))
  if (output === undefined) {
    io.out(text.trimEnd())
    return
  }
  try {
    await writeNewFile(output, text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(code === 'EEXIST' ? `${output} is there already` : `${output} cannot be written (${code})`)
  }
  io.out(`${output}: a simulated card, profile ${profile} – ${profileTitle(profile)}`)
}

async function show(name: string | undefined, _: Options, io: CliIo): Promise<void> {
  if (name === undefined) throw new UsageError(`which card? an image file or a profile: ${PROFILES.join(', ')}`)
  const image = isProfile(name) ? await makeCardImage(name) : parseImage(name, (await readImage(name)).text)
  for (const line of showImage(image)) io.out(line)
}

async function edit(name: string | undefined, { set }: Options, io: CliIo): Promise<void> {
  if (name === undefined || isProfile(name))
    throw new UsageError('which file? madoguchi card edit FILE --set PATH=VALUE')
  const settings = parseSettings(set)
  if (settings.length === 0) throw new UsageError(`nothing to change: give --set PATH=VALUE (${EDITABLE})`)
  const { path, text } = await readImage(name)
  await replaceFile(path, text, formatCardImage(editImage(parseImage(name, text), settings)))
  io.out(`${name}: ${settings.map((setting) => setting.path.join('.')).join(', ')} set`)
}

const VERBS: Readonly<Record<string, typeof create>> = { new: create, show, edit }

/** Which options each verb takes. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = { new: ['output', 'set'], show: [], edit: ['set'] }

export const card: CliCommand = {
  name: 'card',
  summary: 'make, show and edit image files of simulated cards',
  usage: `madoguchi card new PROFILE [-o FILE] [--set PATH=VALUE]…
madoguchi card show FILE|PROFILE
madoguchi card edit FILE --set PATH=VALUE…

new    makes a card of an invented person; without -o its image is printed. A file that is there is never overwritten.
show   what is on a card: objects and their sizes, PINs and their tries; never what they hold
edit   changes a file: old or new, never half

Profiles:
${PROFILES.map((name) => `  ${name.padEnd(9)} ${profileTitle(name)}`).join('\n')}

  -o, --output FILE      where the new card goes
  --set PATH=VALUE       new: any field, for example holder.name=番号　次郎, pins.auth=9876, tries.sign=1, certificates.sign=false,
                         chip.generation=DA, serial=990000000000123, cells.jpki.0008=8F0000
                         edit: ${EDITABLE}

  madoguchi card new resident -o hanako.card.json
  madoguchi card edit hanako.card.json --set tries.auth=1`,

  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { output: { type: 'string', short: 'o' }, set: { type: 'string', multiple: true } },
      allowPositionals: true,
    })
    const [verb = '', name, ...more] = positionals
    const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (work === undefined || more.length > 0)
      throw new UsageError('card new PROFILE, card show FILE|PROFILE or card edit FILE; see madoguchi card --help')
    for (const option of ['output', 'set'] as const)
      if (values[option] !== undefined && !OPTIONS[verb]?.includes(option))
        throw new UsageError(`card ${verb} takes no --${option}`)
    await work(name, { output: values.output, set: values.set }, io)
    return 0
  },
}
