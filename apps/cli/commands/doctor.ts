/** `madoguchi doctor`: what works on this machine, what does not, and what to do. Changes nothing and sends nothing to a card. */
import { createRequire } from 'node:module'
import { release } from 'node:os'
import { parseArgs } from 'node:util'
import type { CliCommand, CliIo } from '../command.ts'
import { type Finding, note, ok, problem } from '../doctor/finding.ts'
import { programsOn } from '../doctor/programs.ts'
import { lookAtReaders } from '../doctor/readers.ts'

const MARK = { ok: 'ok     ', note: 'note   ', problem: 'PROBLEM' } as const

async function run(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
  const findings = [
    ok('Madoguchi', version()),
    ok('Node', process.versions.node),
    ok('System', `${process.platform} ${process.arch} ${release()}`),
    ...(await looked('Programs', async () => programsOn(io.env['PATH'] ?? ''))),
    ...(await looked('Real readers', lookAtReaders)),
    virtualReaders(),
  ]
  for (const finding of findings) {
    if (values.json === true) io.out(JSON.stringify(finding))
    else {
      io.out(`${MARK[finding.level]}  ${finding.about}: ${finding.found}`)
      if (finding.advice !== undefined) io.out(`         ${finding.advice}`)
    }
  }
  return findings.some(({ level }) => level === 'problem') ? 1 : 0
}

/** By our own name, so that it is found from source and from compiled code alike. */
const version = (): string => createRequire(import.meta.url)('madoguchi/package.json').version

/** A look that fails is a finding too. Its message stays here: it could hold anything. */
async function looked(about: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    const name = error instanceof Error ? error.name : 'failure'
    return [problem(about, `could not be looked at (${name})`, 'Please report it with the output of this command.')]
  }
}

function virtualReaders(): Finding {
  const about = 'Virtual readers'
  if (process.platform === 'linux')
    return ok(about, 'in memory, and as a PC/SC service for every program (madoguchi run)')
  return note(about, 'in memory only', 'The PC/SC service for other programs needs Linux; real readers work here too.')
}

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'what works on this machine, what does not, and what to do',
  usage: `madoguchi doctor [--json]

Looks at Node, the programs of others, the PC/SC binding, service, protocol versions, rights and readers.
Changes nothing, sends nothing to a card, prints no personal data.

  --json   one JSON object per finding

Exit code: 0 no problem found, 1 a problem found.`,
  run,
}
