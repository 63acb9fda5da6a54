/**
 * An application into an area of the card, or out of it (F27–F29). The card's registry is read before and after: what is whole stays, what is
 * half loaded is deleted and begun again (rule 10), and nothing counts as done that the registry does not show.
 */

import { deleteObject } from '../../../applications/globalplatform/delete.ts'
import { getStatus, type RegistryEntry, type Scope } from '../../../applications/globalplatform/get-status.ts'
import type { GpCommand } from '../../../applications/globalplatform/gp-command.ts'
import { installCommands, installForLoad, installInstance } from '../../../applications/globalplatform/install.ts'
import { loadCommands, loadFile } from '../../../applications/globalplatform/load.ts'
import { EMPTY, equal } from '../../../base/bytes.ts'
import { fromHex, hex } from '../../../base/hex.ts'
import type { Response } from '../../../card/command.ts'
import { Refusal } from '../../refusal.ts'
import { type App, AREAS, type Area, appById, loadableApp, noteOnCard } from '../apps.ts'
import { type Answers, type Batch, type Finished, type ScriptProcedure, secured, type Work } from '../procedure.ts'

export interface ApplicationFacts {
  readonly app: string
  readonly area: Area
  /** AIDs, hexadecimal. */
  readonly package: string
  readonly instance: string
  /** As the registry said last; absent when it is to be read. */
  readonly seen?: { readonly loaded: 'no' | 'half' | 'whole'; readonly installed: boolean }
}

/** What fits into one command beside MAC and padding (SCP03 6.2.6). */
const MOST_DATA = 239
const LOADED = 0x01

export const loadProcedure: ScriptProcedure<ApplicationFacts> = {
  ...common(),
  name: 'loadApplication',
  async next({ app: id, seen }, work) {
    const app = await loadableApp(work.parts.store, id)
    if (seen === undefined) return look(app)
    if (seen.installed) return finished(work, id, true)
    if (seen.loaded === 'half') return remove(app)
    return { name: 'install', steps: [...(seen.loaded === 'no' ? load(app) : []), ...instance(app)].map(secured) }
  },
}

export const deleteProcedure: ScriptProcedure<ApplicationFacts> = {
  ...common(),
  name: 'deleteApplication',
  async next({ app: id, seen }, work) {
    const app = await appById(work.parts.store, id)
    if (seen === undefined) return look(app)
    return seen.loaded === 'no' ? finished(work, id, false) : remove(app)
  },
}

async function finished({ parts, card }: Work, app: string, there: boolean): Promise<Finished> {
  const { store, clock } = parts
  await store.transaction((tx) => noteOnCard(tx, card, app, there, clock.now()))
  return { finished: { application: app } }
}

export const applicationFacts = ({ id, area, package: file, instance }: App): ApplicationFacts => ({
  ...{ app: id, area, package: hex(file), instance: hex(instance) },
})

function common(): Pick<ScriptProcedure<ApplicationFacts>, 'domain' | 'learn' | 'doubt'> {
  const forgetting = ({ seen: _, ...facts }: ApplicationFacts): ApplicationFacts => facts
  return {
    domain: ({ area }) => ({ aid: AREAS[area], area: AREAS[area] }),
    learn: (facts, batch, answers) =>
      batch === 'look' ? { ...facts, seen: seenIn(facts, answers) } : forgetting(facts),
    doubt: forgetting,
  }
}

/** Both registries in one go: neither answer changes what is asked next. */
const look = ({ package: file, instance }: App): Batch => ({
  name: 'look',
  steps: [secured(getStatus('LOAD_FILES', 'first', file)), secured(getStatus('APPLICATIONS', 'first', instance))],
})

function seenIn(
  { package: file, instance }: ApplicationFacts,
  answers: Answers,
): NonNullable<ApplicationFacts['seen']> {
  const [files, instances] = answers
  const loaded = entryIn('LOAD_FILES', files, fromHex(file))
  const installed = entryIn('APPLICATIONS', instances, fromHex(instance)) !== undefined
  return { loaded: loaded === undefined ? 'no' : loaded.state === LOADED ? 'whole' : 'half', installed }
}

function entryIn(scope: Scope, answer: Response | undefined, aid: Uint8Array): RegistryEntry | undefined {
  const page = answer && getStatus(scope, 'first').parse(answer)
  if (page === undefined) throw new Refusal('cardRefused', 'GET STATUS')
  return page.entries.find((entry) => equal(entry.aid, aid))
}

const remove = ({ package: file }: App): Batch => ({
  name: 'delete',
  steps: [secured(deleteObject(file, { related: true }))],
})

const load = (app: App): readonly GpCommand<unknown>[] => [
  ...installCommands(installForLoad({ aid: app.package, codeSize: app.loadFile.length }), EMPTY, MOST_DATA),
  ...loadCommands(loadFile(app.loadFile), MOST_DATA),
]

const instance = (app: App): readonly GpCommand<unknown>[] =>
  installCommands(installInstance({ loadFile: app.package, module: app.module, aid: app.instance }), EMPTY, MOST_DATA)
