/** What Electron starts. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as electron from 'electron'
import { withoutDumps } from './no-dumps.ts'
import { runProgram } from './program.ts'
import { settingsFrom, settingsPath } from './settings.ts'

const here = import.meta.dirname

withoutDumps()
void runProgram(electron, {
  // In a checkout Electron is told which program to run.
  args: process.argv.slice(electron.app.isPackaged ? 1 : 2),
  env: process.env,
  paths: {
    pages: join(here, '../renderer/dist'),
    calm: join(here, 'calm'),
    preload: join(here, 'preload.cjs'),
    hostProcess: join(here, 'host-process.js'),
  },
  async settings(packaged) {
    const path = settingsPath(packaged, process.platform, process.env)
    const text = await readFile(path ?? '', 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    return settingsFrom(text, packaged)
  },
  read: (path) => readFile(path, 'utf8'),
  complain: (sentence) => console.error(`madoguchi: ${sentence}`),
})
