/** Runs the flow in a process that ends itself, by SIGKILL, at the planned place. Argument: JSON of place, folder and plan. */
import { type CrashPlan, crashHook, type FlowPlace, runFlow } from './crash-flow.ts'

const { plan, ...where } = JSON.parse(process.argv[2] ?? '{}') as FlowPlace & { plan: CrashPlan }

await runFlow(
  where,
  crashHook(plan, () => {
    process.kill(process.pid, 'SIGKILL')
    for (;;);
  }),
)
