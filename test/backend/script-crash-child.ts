/** Runs the script flow in a process that ends itself, by SIGKILL, at the planned place. Argument: JSON of flow and plan. */
import { type CrashPlan, crashHook } from './crash-flow.ts'
import { runScriptFlow, type ScriptFlow } from './script-crash-flow.ts'

const { plan, ...flow } = JSON.parse(process.argv[2] ?? '{}') as ScriptFlow & { plan: CrashPlan }

await runScriptFlow(
  flow,
  crashHook(plan, () => {
    process.kill(process.pid, 'SIGKILL')
    for (;;);
  }),
)
