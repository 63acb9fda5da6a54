/** `node apps/setup/with-setup.mjs SCRIPT ARGUMENT…`: installs what is missing, then runs the script on Node 24. */
import { delimiter, dirname } from 'node:path'
import { root, say } from './command.mjs'
import { runOn } from './run-on.mjs'
import { setUpMachine } from './setup.mjs'

try {
  const node = setUpMachine()
  // What the script starts by the name `node` is to be the same one.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` }
  runOn(node, process.argv.slice(2), { cwd: root, env })
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
