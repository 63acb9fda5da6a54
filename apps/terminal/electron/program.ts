/**
 * The program as a whole: every policy put in its place, in the order in which Electron wants it. Decides nothing itself; what it is
 * given of Electron and of the machine is passed in, so that a test can be both.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openWindows } from './app-windows.ts'
import { type Electron, keeperPaceOf, type Machine } from './given.ts'
import type { Beginning } from './host-messages.ts'
import { awaitAnswer, giveAnswer } from './keeper-answer.ts'
import { KEEPER_SENTENCES, type KeeperWish, keeperWish } from './keeper-wish.ts'
import { keepInside } from './navigation.ts'
import { SCHEME, SCHEME_PRIVILEGES } from './origin.ts'
import { ownSession } from './own-session.ts'
import { enrolmentFile, refusedAtStart, wantsDiagnostics } from './start-guard.ts'
import { TerminalKeyFile } from './terminal-key.ts'

const REFUSED = 2
/** The running terminal was asked and did not open the page. */
const NOT_NOW = 3

/** Ends the program at once where it may not run. Resolves when its window is there. */
export async function runProgram(given: Electron, machine: Machine): Promise<void> {
  const { app, protocol, Menu } = given
  const packaged = app.isPackaged
  const refused = refusedAtStart({ packaged, args: machine.args, env: machine.env })
  if (refused.length > 0) {
    machine.complain(`a packaged terminal is not started with ${refused.join(', ')}`)
    return app.exit(REFUSED)
  }
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: SCHEME_PRIVILEGES }])
  const folder = app.getPath('userData')
  if (wantsDiagnostics(machine.args)) return await askRunning(given, machine, folder)
  if (!app.requestSingleInstanceLock()) return app.quit()
  Menu.setApplicationMenu(null)
  app.on('web-contents-created', (_event, contents) => keepInside(contents))
  app.on('window-all-closed', () => app.quit())

  await app.whenReady()
  try {
    const keys = new TerminalKeyFile(given.safeStorage, join(folder, 'terminal-key'))
    const enrolled = enrolmentFile(machine.args)
    if (enrolled !== undefined) {
      await keys.save(await machine.read(enrolled))
      machine.complain(`the terminal key is sealed; now remove ${enrolled}`)
      return app.exit(0)
    }
    const settings = await machine.settings(packaged)
    const terminalKey = settings.backend.length > 0 ? await keys.load() : undefined
    const session = ownSession(given, machine.paths)
    const beginning: Beginning = {
      kind: 'begin',
      settings,
      folder,
      ...(terminalKey === undefined ? {} : { terminalKey }),
    }
    const { windows, supervisor, keeper } = openWindows(given, machine, { packaged, session, beginning })
    app.on('second-instance', (_event, _args, _folder, data) => {
      const wish = keeperWish(data)
      if (wish === undefined) return windows[0]?.focus()
      // A keeper who gets no answer is told so at the other end; the terminal goes on.
      void keeper.open().then((answer) => giveAnswer(folder, wish.id, answer).catch(() => {}))
    })
    app.on('will-quit', () => {
      keeper.close()
      supervisor.end()
    })
    supervisor.begin()
  } catch (error) {
    machine.complain(error instanceof Error ? error.message : String(error))
    app.exit(REFUSED)
  }
}

/** The second program: brings its wish to the one that runs, says what came of it, and ends. It never becomes a terminal itself. */
async function askRunning({ app }: Electron, machine: Machine, folder: string): Promise<void> {
  const wish: KeeperWish = { wish: 'diagnostics', id: randomUUID() }
  if (app.requestSingleInstanceLock(wish)) {
    machine.complain('no terminal runs in this account; --diagnostics asks one that does')
    return app.exit(REFUSED)
  }
  const answer = await awaitAnswer(folder, wish.id, keeperPaceOf(machine).answerMs)
  machine.complain(KEEPER_SENTENCES[answer])
  app.exit(answer === 'opened' ? 0 : NOT_NOW)
}
