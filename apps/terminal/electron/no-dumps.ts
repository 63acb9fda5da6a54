/**
 * What passes through the memory of a process – PINs, keys, names – is not written down when it falls over (decision 0221): no report
 * of Node's, no snapshot of its heap, and nothing of its memory in a core dump, whoever collects those. Called first of all by every
 * process of the terminal that Node runs, by a backend, and before a PIN is asked for on a command line.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Options of Node that write memory to files and that nobody can take back once the process runs. */
const WRITES_MEMORY = /--(?:heapsnapshot-near-heap-limit(?=[= ][1-9])|heapsnapshot-signal(?=[= ]\w)|heap-prof(?= |$))/g

/** Throws where the process was told to write its memory down. */
export function withoutDumps(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ').replaceAll('_', '-')
  const writing = given.match(WRITES_MEMORY)
  if (writing !== null) throw new Error(`a process that can hold a PIN is not started with ${writing.join(', ')}`)
  const { report } = process
  // Off whatever the options say. One that is asked for by hand tells nothing of the surroundings.
  report.reportOnFatalError = false
  report.reportOnUncaughtException = false
  report.reportOnSignal = false
  report.excludeEnv = true
  if (process.platform === 'linux') leaveMemoryOut()
}

/**
 * Which kinds of memory the kernel writes into a core dump of this process and of those it starts (core(5)): none. It counts for every
 * collector – a file, systemd-coredump, apport – and for whoever raises the limit of its size afterwards. Electron has forked those that
 * all its pages are forked from before the first line of ours runs: they are told too.
 */
function leaveMemoryOut(): void {
  for (const id of [process.pid, ...descendants()])
    try {
      writeFileSync(`/proc/${id}/coredump_filter`, '0')
    } catch (error) {
      // Gone meanwhile, not to be dumped at all and so not ours, or on a kernel that writes no core dumps.
      if (!['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
}

function descendants(): number[] {
  const parents = new Map<number, number>()
  for (const id of readdirSync('/proc').map(Number).filter(Number.isInteger)) parents.set(id, parentOf(id))
  const isOurs = (id: number | undefined): boolean =>
    id === process.pid || (id !== undefined && isOurs(parents.get(id)))
  return [...parents.keys()].filter((id) => id !== process.pid && isOurs(id))
}

/** 0 where it is gone meanwhile. The name that stands before it may hold anything (proc_pid_stat(5)). */
function parentOf(id: number): number {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])
  } catch {
    return 0
  }
}
