/** For `--import`, with the number of a mutant after a question mark: the process then runs the backend with that fault in it. */
import { registerHooks } from 'node:module'
import { ALL_MUTANTS, mutated } from './mutants.ts'

const mutant = ALL_MUTANTS[Number(new URL(import.meta.url).search.slice(1))]
if (mutant === undefined) throw new Error('mutate: no such mutant')

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith(`/src/backend/${mutant.file}`)) return loaded
    return { ...loaded, source: mutated(mutant, String(loaded.source)) }
  },
})
