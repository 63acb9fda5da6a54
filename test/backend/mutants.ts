/** Faults a hurried hand could make in the backend, each as a change to one file, and where to kill so that it shows. */

export interface Mutant {
  readonly name: string
  /** Below `src/backend`. */
  readonly file: string
  /** Text as it stands there, whatever its white space, and the text instead. */
  readonly changes: readonly (readonly [from: string, to: string])[]
  /** The first death; a life that is not killed there shows the fault by living. */
  readonly kill: { readonly point: string; readonly time: number }
}

export const LIFE_MUTANTS: readonly Mutant[] = [
  {
    name: 'rule 1: the key is asked before the reserved row is committed',
    file: 'ca/issue.ts',
    changes: [
      [
        'await store.transaction(async (tx) => { const again',
        "await parts.keys.sign(made.issuer.key, made.tbs); crash('issue.reserved'); await store.transaction(async (tx) => { const again",
      ],
    ],
    kill: { point: 'issue.reserved', time: 1 },
  },
  {
    name: 'rule 2: what is stored is not what was reserved',
    file: 'ca/issue.ts',
    changes: [['return assembleSigned(made.tbs,', 'return assembleSigned(Uint8Array.from(made.tbs).fill(0, 30, 31),']],
    kill: { point: 'issue.signed', time: 1 },
  },
  {
    name: 'rule 3: a serial is taken from memory, not from the database',
    file: 'ca/serials.ts',
    changes: [["await tx.run('UPDATE issuer SET next_index = ? WHERE id = ?', end, issuer)", '']],
    kill: { point: 'issue.signed', time: 1 },
  },
  {
    name: 'rule 4: active in one transaction, its evidence in the next',
    file: 'ca/confirm.ts',
    changes: [
      ['set: { evidence }', 'set: {}'],
      [
        "crash('confirm.active')",
        "crash('confirm.active'); await store.transaction((tx) => tx.run('UPDATE cert SET evidence = ? WHERE id = ?', request.signature, cert.id))",
      ],
    ],
    kill: { point: 'confirm.active', time: 1 },
  },
  {
    name: 'rule 5: the old certificate is not linked to the new one',
    file: 'ca/confirm.ts',
    changes: [
      ["await tx.run('INSERT INTO cert_link (old_cert, new_cert, at) VALUES (?, ?, ?)', row.id, cert.id, at)", ''],
    ],
    kill: { point: 'confirm.active', time: 2 },
  },
  {
    name: 'rule 5: the old certificate stays valid beside the new one',
    file: 'ca/confirm.ts',
    changes: [['const old = rows.filter(isValid)', 'const old = rows.filter(isValid).slice(rows.length)']],
    kill: { point: 'confirm.active', time: 2 },
  },
  {
    name: 'rule 7: the reply to an idempotency key is not stored',
    file: 'store/idempotency.ts',
    changes: [['const reply = await work()', 'const reply = await work(); if (request !== undefined) return reply']],
    kill: { point: 'confirm.active', time: 2 },
  },
  {
    name: 'rule 7: an order forgets its certificate',
    file: 'ca/issue.ts',
    changes: [['await nameOrder(tx, request, made.id, again, now)', '']],
    kill: { point: 'terminal.before write', time: 1 },
  },
  {
    name: 'rule 8: the sweeper passes by',
    file: 'ca/sweep.ts',
    changes: [['if (wait) continue', 'if (wait !== undefined) continue']],
    kill: { point: 'sweep.found', time: 1 },
  },
  {
    name: 'rule 12: the message of a change is dropped',
    file: 'ca/states.ts',
    changes: [["await post(tx, 'certificate', change, at)", 'void change']],
    kill: { point: 'confirm.active', time: 2 },
  },
  {
    name: 'rule 12: a message is deleted before it was handled',
    file: 'store/outbox.ts',
    changes: [
      [
        'await handle(JSON.parse(payload))',
        "await store.transaction((tx) => tx.run('DELETE FROM outbox WHERE id = ?', id)); crash('outbox.handled'); await handle(JSON.parse(payload))",
      ],
    ],
    kill: { point: 'outbox.handled', time: 1 },
  },
  {
    name: 'rule 12: a hold is acknowledged and not done',
    file: 'ca/revoke.ts',
    changes: [['await endOne(tx, cert, request.ending, request.by, at)', '']],
    kill: { point: 'end.committed', time: 1 },
  },
  {
    name: 'rule 13: a list is written in its place',
    file: 'status/crl.ts',
    changes: [
      ['openSync(temporary,', 'openSync(path,'],
      ['renameSync(temporary, path)', ''],
    ],
    kill: { point: 'crl.file begun', time: 1 },
  },
  {
    name: 'rule 13: the number of a list is the clock alone',
    file: 'status/crl.ts',
    changes: [['Math.max((previous ?? 0) + 1, Math.floor(thisUpdate / 1000))', 'Math.floor(thisUpdate / 1000)']],
    kill: { point: 'crl.published', time: 2 },
  },
  {
    name: 'rule 13: a list forgets what was void',
    file: 'status/crl.ts',
    changes: [["state IN ('held', 'revoked', 'void') AND not_after", "state IN ('held', 'revoked') AND not_after"]],
    kill: { point: 'issue.reserved', time: 1 },
  },
  {
    name: 'the audit line of a move is not written',
    file: 'ca/states.ts',
    changes: [
      ['if (touched === 0) return false', 'if (touched === 0) return false; if (record !== undefined) return true'],
    ],
    kill: { point: 'issue.signed', time: 1 },
  },
]

export const SCRIPT_MUTANTS: readonly Mutant[] = [
  {
    name: 'rule 10: a script goes out before it is journalled',
    file: 'scripts/scripts.ts',
    changes: [
      [
        'const stored = await store.transaction((tx) => advance(tx,',
        'const late = { transaction: (work: Parameters<typeof store.transaction>[0]) => { setTimeout(() => void store.transaction(work), 30); return Promise.resolve(true) } }; const stored = await late.transaction((tx) => advance(tx,',
      ],
    ],
    kill: { point: 'relay.before', time: 4 },
  },
  {
    name: 'rule 9: after a lost answer the certificate is ordered anew',
    file: 'scripts/procedures/certificate-steps.ts',
    changes: [
      [
        "const hash = Buffer.from(sha256(publicKey)).toString('hex')",
        "const hash = Buffer.from(sha256(publicKey)).toString('hex') + crypto.randomUUID()",
      ],
    ],
    kill: { point: 'relay.after', time: 8 },
  },
]

export const ALL_MUTANTS: readonly Mutant[] = [...LIFE_MUTANTS, ...SCRIPT_MUTANTS]

/** The changed source. Throws when a place is not there, or twice: then the mutant must follow the code. */
export function mutated({ name, changes }: Mutant, source: string): string {
  let text = source
  for (const [from, to] of changes) {
    const words = from.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const parts = text.split(new RegExp(words.join('\\s*')))
    if (parts.length !== 2) throw new Error(`mutants: the place of "${name}" is there ${parts.length - 1} times`)
    text = parts.join(to)
  }
  return text
}
