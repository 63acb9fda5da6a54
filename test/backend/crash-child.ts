/** Runs the flow in a process that ends itself, by SIGKILL, at the planned place. Its standard input: JSON of place, folder and plan. */
import { text } from 'node:stream/consumers'
import { type CrashPlan, crashHook, type FlowPlace, runFlow } from './crash-flow.ts'

const job = await text(process.stdin)
if (job !== '') {
  const { plan, ...where } = JSON.parse(job) as FlowPlace & { plan?: CrashPlan }
  await runFlow(
    where,
    crashHook(plan, () => {
      process.kill(process.pid, 'SIGKILL')
      for (;;);
    }),
  )
}
