/** Applications for the two areas of the card (F27): what is loaded, where, and as which instance. */

import { CapFileError, loadFileDataBlock, parseCapFile } from '../../applications/globalplatform/cap-file.ts'
import { equal } from '../../base/bytes.ts'
import { fromHex, hex } from '../../base/hex.ts'
import { record } from '../audit/record.ts'
import type { Actor, Context } from '../context.ts'
import { Refusal } from '../refusal.ts'
import type { Queries, Reads, Row } from '../store/store.ts'
import { mustBeSigned, type SignedPackage } from './providers.ts'

/** 空き領域 and 条例利用領域: supplementary security domains of their own (facts 1.1, 2.9). */
export const AREAS = { free: fromHex('F04D444700A1'), ordinance: fromHex('F04D444700A2') } as const
export type Area = keyof typeof AREAS

export interface App {
  readonly id: string
  readonly area: Area
  readonly package: Uint8Array
  readonly module: Uint8Array
  readonly instance: Uint8Array
  readonly loadFile: Uint8Array
  readonly provider: string
}

interface AppRow extends Row {
  readonly id: string
  readonly area: Area
  readonly package: string
  readonly module: string
  readonly instance: string
  readonly load_file: Uint8Array
  readonly provider: string
  readonly signature: Uint8Array | null
}

/**
 * Takes the CAP file of an application with one applet, signed by its provider. The same one twice is no error. Throws `badInput` when it
 * is no CAP file, `packageNotSigned`, `applicationExists` for another one under this id.
 */
export async function registerApp(
  context: Context,
  app: Pick<SignedPackage, 'id' | 'instance' | 'provider' | 'signature'> & {
    readonly area: Area
    readonly cap: Uint8Array
  },
  by: Actor,
): Promise<void> {
  const { store, clock } = context
  const { file, loadFile, module } = parsed(app.cap)
  const at = clock.now()
  await mustBeSigned(store, { ...app, loadFile })
  await store.transaction(async (tx) => {
    const known = await tx.get<AppRow>('SELECT * FROM app WHERE id = ?', app.id)
    if (known !== undefined) {
      const same = known.area === app.area && known.instance === app.instance && equal(known.load_file, loadFile)
      if (!same) throw new Refusal('applicationExists')
      return
    }
    await tx.run(
      `INSERT INTO app (id, area, package, module, instance, load_file, at, provider, signature)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      app.id,
      app.area,
      hex(file.package.aid),
      hex(module),
      app.instance,
      loadFile,
      at,
      app.provider,
      app.signature,
    )
    await record(
      tx,
      { ...by, procedure: 'application.registered', holder: '', object: `application ${app.id}`, result: app.area },
      at,
    )
  })
}

/** The larger of the two areas; also what one script can carry. */
const LARGEST = 0xc000

function parsed(cap: Uint8Array) {
  try {
    const file = parseCapFile(cap)
    const [applet] = file.applets
    if (applet === undefined) throw new Refusal('badInput', 'body.cap: no applet')
    const loadFile = loadFileDataBlock(file)
    if (loadFile.length > LARGEST) throw new Refusal('badInput', 'body.cap: larger than an area')
    return { file, loadFile, module: applet.aid }
  } catch (error) {
    if (error instanceof CapFileError) throw new Refusal('badInput', `body.cap: ${error.message}`)
    throw error
  }
}

/** As it was registered. Throws `unknownApplication`. */
export async function appById(store: Reads, id: string): Promise<App> {
  const row = await store.get<AppRow>('SELECT * FROM app WHERE id = ?', id)
  if (row === undefined) throw new Refusal('unknownApplication')
  return {
    ...{ id: row.id, area: row.area, loadFile: row.load_file, provider: row.provider },
    ...{ package: fromHex(row.package), module: fromHex(row.module), instance: fromHex(row.instance) },
  }
}

/** To be loaded: signed by its provider, who is still enrolled, and not changed since (P21). Throws `unknownApplication`, `packageNotSigned`. */
export async function loadableApp(store: Reads, id: string): Promise<App> {
  const app = await appById(store, id)
  const row = await store.get<Pick<AppRow, 'instance' | 'signature'>>(
    'SELECT instance, signature FROM app WHERE id = ?',
    id,
  )
  const { area, loadFile, provider } = app
  const signature = row?.signature ?? new Uint8Array(0)
  await mustBeSigned(store, { id, area, loadFile, provider, signature, instance: row?.instance ?? '' })
  return app
}

/** What the card's registry showed: this application whole, or none of it. */
export async function noteOnCard(tx: Queries, card: string, app: string, there: boolean, at: number): Promise<void> {
  const known = await tx.get('SELECT app FROM card_app WHERE card = ? AND app = ?', card, app)
  if (there && known === undefined) await tx.run('INSERT INTO card_app (card, app, at) VALUES (?, ?, ?)', card, app, at)
  if (!there && known !== undefined) await tx.run('DELETE FROM card_app WHERE card = ? AND app = ?', card, app)
}
