/** `npm start`: a town to try things in, its screens in a browser; or a terminal on this machine's readers. Until Ctrl-C. */
import { join } from 'node:path'
import { CardImageError } from '../../applets-sim/image-file.ts'
import { FULL_DISK, makeUsableFolder, whyNot } from '../../src/backend/store/make-folder.ts'
import { StoreRefused, StoreUnavailable } from '../../src/backend/store/store.ts'
import { memoryJournalStore } from '../../src/host/journal-store.ts'
import { fileJournal } from '../terminal/electron/file-journal.ts'
import { withoutDumps } from '../terminal/electron/no-dumps.ts'
import { SIMULATED_TERMINAL } from '../testkit/host-ports.ts'
import { linesTo } from './backend-lines.ts'
import { demonstrate } from './demonstration.ts'
import { comparingOf } from './faces.ts'
import { openMachineTerminal } from './machine-terminal.ts'
import { openWindow } from './open-window.ts'
import { BadOption, type StartOptions, startOptions, USAGE } from './options.ts'
import { READERS } from './readers.ts'
import { say } from './say.ts'
import { openTown } from './town.ts'

const stopped = Promise.withResolvers<void>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.resolve())

function show(pages: readonly string[], headless: boolean): void {
  for (const page of pages) console.log(`ready ${page}`)
  // The keeper's page is for whoever looks for it.
  const opened = pages.filter((page) => !page.includes('/diagnostics/'))
  if (!headless) for (const page of opened.toReversed()) openWindow(page)
}

async function untilStopped(): Promise<void> {
  await stopped.promise
  say('\n片付けて終わります。', 'Cleaned up; good-bye.')
}

async function town({ headless, once, faces, ...asked }: StartOptions): Promise<void> {
  const comparing = comparingOf(faces ?? { how: 'simulated' })
  say(
    'まどぐち – ここにあるものはすべて模擬です。実在の人・カード・認証局ではありません。',
    'Madoguchi – everything here is simulated: no real person, card or authority.',
  )
  say('模擬の町を用意しています…', 'Preparing the simulated town …')
  const progress = (done: number, of: number) => {
    if (process.stdout.isTTY) process.stdout.write(`\r    ${done}/${of}${done === of ? '\n' : ''}`)
  }
  const { readers, terminal, pages, close } = await openTown({ ...asked, comparing, progress })
  try {
    say(
      '画面を用意しました。机の画面で模擬カードをリーダーに置き、キオスクや窓口の画面で手続きします。',
      'The screens are ready: lay a simulated card on a reader at the desk, and use it at the kiosk or counter. Each address works once.',
    )
    say(
      '暗証番号は、数字4けたのものは 1234、署名用は ABC123 です。職員証も 1234 です。',
      'PINs: 1234, and ABC123 for signatures; the staff cards have 1234 too.',
    )
    show(pages, headless || once)
    console.log('')
    await terminal.desk.lay('hanako', READERS.counter)
    await demonstrate(readers, READERS.counter)
    console.log(`ready PCSCLITE_CSOCK_NAME=${readers.socket}`)
    if (once) return
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
    await untilStopped()
  } finally {
    await close()
  }
}

/** Beside a backend that runs elsewhere, or without any. */
async function machine({ data, reader, port, headless, real, backend, faces }: StartOptions): Promise<void> {
  const role = backend?.role ?? SIMULATED_TERMINAL.role
  const at = {
    ...(reader !== undefined && { reader }),
    ...(backend?.staffReader !== undefined && { staffReader: backend.staffReader }),
  }
  const ports = {
    backend: backend === undefined ? [] : linesTo(backend),
    journal: data === undefined ? memoryJournalStore() : fileJournal(join(data, 'journal')),
    settings: { ...SIMULATED_TERMINAL, terminal: `demo-${role}`, role, ...at },
  }
  const comparing = faces && comparingOf(faces)
  const diagnostics = data === undefined ? undefined : join(data, 'diagnostics')
  if (data !== undefined) makeUsableFolder(data)
  const terminal = await openMachineTerminal({ readers: real, port, ports, diagnostics, comparing })
  try {
    if (real === 'onlyReading')
      say(
        'この機械のリーダーを使います。カードは読むだけで、暗証番号は受け付けません(--write-real-card で許可)。',
        'On the readers of this machine. Cards are only read, no PIN is tried (--write-real-card allows it).',
      )
    if (real === 'writing')
      say(
        '注意: 本物のカードに書き込み、暗証番号の回数を使うことがあります。',
        'Careful: real cards are written to, and tries of PINs are spent.',
      )
    show(terminal.pages, headless)
    await untilStopped()
  } finally {
    await terminal.close()
  }
}

try {
  withoutDumps()
  const args = process.argv.slice(2)
  if (args.some((arg) => arg === '--help' || arg === '-h')) console.log(USAGE)
  else {
    const options = startOptions(args)
    if (options.real === 'no' && options.backend === undefined) await town(options)
    else await machine(options)
  }
} catch (error) {
  if (error instanceof BadOption) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exitCode = 2
  } else if (error instanceof StoreRefused || error instanceof CardImageError) {
    say('データを使えません。', error.message)
    process.exitCode = 2
  } else if (error instanceof StoreUnavailable || whyNot(error) === FULL_DISK) {
    say('データを書き込めません。ディスクの空きを確かめてください。', 'The data cannot be written; is the disk full?')
    process.exitCode = 2
  } else {
    say('うまくいきませんでした。', `It did not work: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
