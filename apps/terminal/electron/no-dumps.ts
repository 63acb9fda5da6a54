/**
 * What passes through the memory of a process – PINs, keys, names – is not written down when it falls over (decision 0221): no report
 * of Node's, no snapshot of its heap, and nothing of its memory in a core dump, whoever collects those. Called first of all by every
 * process of the terminal that Node runs.
 */
import { writeFileSync } from 'node:fs'

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
 * collector – a file, systemd-coredump, apport – and for whoever raises the limit of its size afterwards.
 */
function leaveMemoryOut(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A kernel without core dumps has no such file; of a process that may not be dumped it belongs to somebody else.
    if (code !== 'ENOENT' && code !== 'EACCES') throw error
  }
}
