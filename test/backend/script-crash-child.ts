/** Runs the script flow in a process that ends itself, by SIGKILL, at the planned place. Its standard input: JSON of flow and plan. */
import { text } from 'node:stream/consumers'
import { type CrashPlan, crashHook } from './crash-flow.ts'
import { runScriptFlow, type ScriptFlow } from './script-crash-flow.ts'

const job = await text(process.stdin)
if (job !== '') {
  const { plan, ...flow } = JSON.parse(job) as ScriptFlow & { plan?: CrashPlan }
  await runScriptFlow(
    flow,
    crashHook(plan, () => {
      process.kill(process.pid, 'SIGKILL')
      for (;;);
    }),
  )
}
