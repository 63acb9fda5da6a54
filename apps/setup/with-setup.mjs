/** `node apps/setup/with-setup.mjs SCRIPT ARGUMENT…`: installs what is missing, then runs the script on Node 24. */
import { say } from './command.mjs'
import { runOn } from './run-on.mjs'
import { setUpMachine } from './setup.mjs'

try {
  runOn(setUpMachine(), process.argv.slice(2))
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
