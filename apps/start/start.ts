/**
 * `npm start`: the kiosk and the desk in a browser, simulated cards on virtual readers, a document signed with one of them and
 * verified, and all of it left open for people and programs until Ctrl-C.
 *
 *   --headless   print the addresses, open no browser
 *   --port PORT  of the addresses; any free one when left out
 *   --once       end after the demonstration
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openSimulatedTerminal, type SimulatedTerminal } from '../browser-host/simulated-terminal.ts'
import { virtualReaders } from '../testkit/testkit.ts'
import { openBrowser } from './open-browser.ts'
import { signWithOpenSc, verifySignature } from './opensc.ts'
import { signWithCommands } from './own-commands.ts'
import { isInstalled } from './program.ts'

const COUNTER = '窓口 Counter'
const KIOSK = 'キオスク Kiosk'
const SCREENS =
  'The screens are ready: lay a simulated card on a reader at the desk, and use it at the kiosk. Each address works once.'
const TEXT = 'この文書は見本です。 This document is a specimen.\n'

const say = (japanese: string, english: string) => console.log(`${japanese}\n    ${english}`)

const oneLine = (name: string) => name.replaceAll('\n', ', ')

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    headless: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
})
const stopped = Promise.withResolvers<void>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.resolve())

say(
  'まどぐち – ここにあるものはすべて模擬です。実在の人・カード・認証局ではありません。',
  'Madoguchi – everything here is simulated: no real person, card or authority.\n',
)
const folder = await mkdtemp(join(tmpdir(), 'madoguchi-start-'))
const readers = await virtualReaders({ [COUNTER]: null, [KIOSK]: null })
let terminal: SimulatedTerminal | undefined
try {
  terminal = await openSimulatedTerminal({ readers, reader: KIOSK, port: Number(values.port) })
  const [kiosk, desk] = [terminal.door.url('kiosk/'), terminal.door.url('desk/')]
  say('画面を用意しました。机の画面で模擬カードをリーダーに置き、キオスクの画面で手続きします。', SCREENS)
  console.log(`ready ${kiosk}`)
  console.log(`ready ${desk}\n`)
  if (!values.headless && !values.once) for (const url of [desk, kiosk]) openBrowser(url)

  await terminal.desk.lay('resident', COUNTER)
  say(
    `1. 仮想リーダー「${COUNTER}」に番号花子さんの模擬カードを置きました。「${KIOSK}」は空いています。`,
    `On the virtual reader "${COUNTER}" lies the simulated card of 番号 花子; "${KIOSK}" is empty.`,
  )
  const document = join(folder, 'document.txt')
  await writeFile(document, TEXT)
  say(`2. 署名する文書: ${TEXT.trim()}`, 'That is the document to be signed.')

  const began = performance.now()
  const openSc = process.platform === 'linux' && isInstalled('pkcs11-tool')
  const signed = openSc
    ? await signWithOpenSc(document, folder, readers.env)
    : await signWithCommands(readers.service, COUNTER, await readFile(document))
  const took = `${signed.signature.length * 8} bit, ${Math.round(performance.now() - began)} ms`
  if (openSc)
    say(
      `3. OpenSC(別の人たちが作ったプログラム)が、署名用電子証明書の鍵で署名しました。${took}`,
      'OpenSC, a program nobody here wrote, signed it with the key of the signature certificate.',
    )
  else
    say(
      `3. OpenSC がこの機械に無いので、自分でカードの命令を送って署名しました。${took}`,
      'OpenSC is not on this machine (Debian: apt-get install opensc), so we sent the card its commands ourselves.',
    )

  const { good, by } = await verifySignature(document, folder, signed)
  if (!good) throw new Error(`${by} did not accept the signature`)
  say(
    `4. ${by} がカードの証明書の公開鍵で署名を検証しました: 正しい署名です。`,
    `${by} verified the signature with the public key of the card's certificate: it is good.`,
  )
  say(`    証明書: ${oneLine(signed.certificate.subject)}`, `issued by ${oneLine(signed.certificate.issuer)}\n`)

  console.log(`ready PCSCLITE_CSOCK_NAME=${readers.socket}`)
  if (!values.once) {
    if (process.platform === 'linux')
      say(
        'この変数を設定した端末では、どのプログラムからも模擬カードが使えます(例: pkcs15-tool --dump)。Ctrl-C で終わります。',
        'With this variable set, every program finds the simulated cards (try pkcs15-tool --dump). Ctrl-C ends it.',
      )
    else
      say(
        'ほかのプログラムから使う仮想リーダーは Linux だけです。ここではプログラムの中で使えます。Ctrl-C で終わります。',
        'Virtual readers for other programs need Linux; here they work inside a program (madoguchi/testkit). Ctrl-C ends it.',
      )
    // The readers hold the process open until a signal comes.
    await stopped.promise
    say('\n片付けて終わります。', 'Cleaned up; good-bye.')
  }
} catch (error) {
  say('うまくいきませんでした。', `It did not work: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await terminal?.close()
  await readers.close()
  await rm(folder, { recursive: true, force: true })
}
