/** `madoguchi gp`: what is on a card's security domains, and changing it (GPCS 2.3.1, SCP03). */
import { webcrypto } from 'node:crypto'
import { openPcsc } from '../../../drivers/pcsc/pcsc.ts'
import { ISSUER_SECURITY_DOMAIN } from '../../../src/applications/globalplatform/aid.ts'
import { loadFileDataBlock } from '../../../src/applications/globalplatform/cap-file.ts'
import { readCardInfo } from '../../../src/applications/globalplatform/card-info.ts'
import { CardManager } from '../../../src/applications/globalplatform/card-manager.ts'
import { perform } from '../../../src/applications/globalplatform/gp-command.ts'
import type { KeySet } from '../../../src/applications/globalplatform/key-set.ts'
import { loadFileHash } from '../../../src/applications/globalplatform/load-file-hash.ts'
import { select } from '../../../src/applications/globalplatform/select.ts'
import { tellFailure } from '../../../src/base/failures/catalogue.ts'
import { ENGLISH } from '../../../src/base/failures/english.ts'
import { hex } from '../../../src/base/hex.ts'
import { ReaderError, type ReaderService } from '../../../src/card/ports.ts'
import { openCard } from '../card-source.ts'
import { type CliCommand, type CliIo, UsageError } from '../command.ts'
import { type CardLink, linkToChip, linkToReader } from '../gp/card-link.ts'
import { KEYS_VARIABLE, type KeySource, readKeys, TEST_KEYS } from '../gp/key-file.ts'
import { aidArgument, type GpOptions, levelOption, parseGpArgs } from '../gp/options.ts'
import { done, readCap, VERBS } from '../gp/verbs.ts'

const random = { bytes: (length: number) => webcrypto.getRandomValues(new Uint8Array(length)) }

type OpenReaders = () => Promise<ReaderService>

async function run(args: readonly string[], io: CliIo, openReaders: OpenReaders): Promise<number> {
  const options = parseGpArgs(args)
  const { verb: name } = options
  if (name === 'hash') {
    io.out(hex(loadFileHash(loadFileDataBlock(await readCap(options.rest[0])))))
    return 0
  }
  const verb = name !== undefined && Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (verb === undefined)
    throw new UsageError(`gp takes one of ${Object.keys(VERBS).join(', ')}, hash; see madoguchi gp --help`)
  const given = await readKeys(options.keys, io.env)
  const link = await openLink(options, io, openReaders)
  let open: CardManager | undefined
  try {
    if (!link.simulated && verb.writes(options) && options['write-real-card'] !== true)
      throw new UsageError(`this would change the card in ${link.name}; say --write-real-card if that is meant`)
    await verb.run({
      io,
      options,
      info: async () => {
        await perform(link.transmit, select(domainOf(options)))
        return readCardInfo(link.transmit)
      },
      manager: async () => (open ??= await openManager(link, options, given ?? keysFor(link))),
      reopen: async (keys: KeySet) => {
        open?.close()
        open = await openManager(link, options, { kind: 'set', keys })
        return open
      },
    })
  } finally {
    open?.close()
    await link.close()
  }
  return 0
}

async function openLink(options: GpOptions, io: CliIo, openReaders: OpenReaders): Promise<CardLink> {
  if (options.card === undefined) return linkToReader(await openReaders(), options.reader, io.signal)
  return linkToChip(await openCard(options.card, { discard: options.discard === true }))
}

function keysFor({ simulated }: CardLink): KeySource {
  if (simulated) return TEST_KEYS
  throw new UsageError(`a real card needs its keys: --keys FILE, or the variable ${KEYS_VARIABLE}`)
}

const domainOf = ({ domain }: GpOptions): Uint8Array =>
  domain === undefined ? ISSUER_SECURITY_DOMAIN : aidArgument(domain, '--domain')

async function openManager(link: CardLink, options: GpOptions, source: KeySource): Promise<CardManager> {
  const level = levelOption(options.level)
  const keys = source.kind === 'set' ? { keys: source.keys } : { keys: source.derive, version: source.version }
  return done(await CardManager.open({ transmit: link.transmit, level, random, domain: domainOf(options), ...keys }))
}

/** Over other readers than this machine's, for tests. */
export const gpOver = (openReaders: OpenReaders): CliCommand => ({
  name: 'gp',
  summary: 'list, load, install, delete, lock and key what is on a card (GlobalPlatform)',
  usage: `madoguchi gp VERB [arguments] [options]

  list                              what is on the card: domains, applications, packages and their modules
  info                              GlobalPlatform version, secure channel, keys' versions, numbers, free memory
  load FILE.cap [--to DOMAIN]       loads a package; a torn load is deleted and started again
  install PACKAGE MODULE [INSTANCE] makes an instance and makes it selectable
  delete AID [--related]            deletes an instance or a package (with its instances)
  lock AID|card, unlock AID|card    an application, or the whole card
  state STATE                       moves the card's life cycle; TERMINATED also needs --for-ever
  keys                              the keys' versions; keys put FILE [--replace VERSION]; keys delete VERSION
  personalise AID FILE [--dgi]      STORE DATA from a file of hexadecimal lines: TLV objects, or data groupings
  hash FILE.cap                     SHA-256 of what is loaded, to be signed for --dap-signature

The card
  --card CARD          a simulated card: an image file, whose changes are kept unless --discard, or a profile
  --reader NAME        the card in this reader; without both, the only reader with a card
  --write-real-card    lets a verb change the card in a real reader

The channel
  --keys FILE          {"version": "30", "enc": "…", "mac": "…", "dek": "…"} or {"version": "30", "master": "…"}, hexadecimal;
                       else the same text in ${KEYS_VARIABLE}; else, on simulated cards only, the public test keys 40…4F.
                       Keys are never taken from the command line.
  --domain AID         the security domain to work with; the issuer's by default
  --level 01…33        01, 03, 11, 13 or 33; the highest the card offers by default

Loading and installing
  --dap-domain AID --dap-signature FILE    a signature the domain checks before it takes the package
  --privileges A,B     SECURITY_DOMAIN, CARD_RESET, … (GPCS table 11-7)
  --parameters HEX     application specific parameters (C9)
  --quota BYTES        lasting memory the instance, or a domain with all in it, may use

Exit code: 0 done, 1 the card refused (status word, section, what to do), 2 it cannot be done as typed.

  madoguchi gp list --card resident
  madoguchi gp load library.cap --card hanako.card.json
  madoguchi gp install A0000001515350 A000000151535041 F0000000D0 --privileges SECURITY_DOMAIN --quota 8000 --card …`,
  run: (args, io) =>
    run(args, io, openReaders).catch((error: unknown) => {
      if (!(error instanceof ReaderError)) throw error
      const { happened, toDo } = tellFailure(error.trouble.kind, ENGLISH)
      io.err(`madoguchi gp: ${happened} ${toDo}`)
      return 1
    }),
})

export const gp: CliCommand = gpOver(openPcsc)
