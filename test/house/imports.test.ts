/** The import table and Law 1 of the architecture page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { objection } from './rooms.ts'
import { type Import, importsOf, sourceFiles } from './tree.ts'

const imports = sourceFiles().flatMap(importsOf)

test('every import is in the import table', () => {
  assert.ok(imports.length > 20, 'the walk finds the imports there are')
  const broken = imports.flatMap((found) => {
    const why = objection(found)
    return why === undefined ? [] : [`${found.from} imports ${found.to}: ${why}`]
  })
  assert.deepEqual(broken, [])
})

test('Law 1: applets-sim and src/applications never reach each other, not even through others', () => {
  const next = Map.groupBy(imports, ({ from }) => from)
  const reached = (start: string): Set<string> => {
    const seen = new Set<string>()
    const open = [start]
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      for (const { to } of next.get(path) ?? []) open.push(to)
    }
    return seen
  }
  const guilty = (here: string, there: string) =>
    sourceFiles()
      .filter((path) => path.startsWith(here))
      .filter((path) => [...reached(path)].some((to) => to.startsWith(there)))
  assert.deepEqual(guilty('applets-sim/', 'src/applications/'), [])
  assert.deepEqual(guilty('src/applications/', 'applets-sim/'), [])
})

test('the table refuses what it should', () => {
  const refused: readonly [from: string, to: string, typesOnly?: boolean][] = [
    ['applets-sim/os/chip.ts', 'src/applications/jpki/session.ts'],
    ['applets-sim/os/chip.ts', 'src/pki/der.ts'],
    ['applets-sim/os/chip.ts', 'src/card/queue.ts'],
    ['applets-sim/os/chip.ts', 'node:fs'],
    ['src/applications/jpki/session.ts', 'applets-sim/os/memory.ts', true],
    ['src/base/bytes.ts', 'src/card/command.ts', true],
    ['src/procedures/reset-pin.ts', 'src/card/transaction.ts'],
    ['src/backend/ca.ts', 'src/card/transaction.ts'],
    ['src/backend/ca.ts', 'src/applications/jpki/session.ts'],
    ['src/host/hall.ts', 'node:crypto'],
    ['drivers/pcsc/pcsc.ts', 'src/card/command.ts'],
    ['drivers/pcsc/pcsc.ts', 'applets-sim/image.ts', true],
    ['apps/terminal/main.ts', 'src/card/transaction.ts'],
    ['src/base/bytes.ts', 'test/house/tree.ts'],
  ]
  for (const [from, to, typesOnly = false] of refused) assert.ok(objection({ from, to, typesOnly }), `${from} → ${to}`)
  const allowed: readonly [from: string, to: string, typesOnly?: boolean][] = [
    ['applets-sim/factory/profiles.ts', 'src/pki/der.ts'],
    ['src/procedures/reset-pin.ts', 'src/card/transaction.ts', true],
    ['src/backend/scripts.ts', 'src/card/layers/secure-messaging.ts'],
    ['apps/cli/commands/inspect.ts', 'src/applications/jpki/session.ts'],
    ['applets-sim/os/sign.ts', 'node:crypto'],
    ['src/pki/der.ts', '@noble/curves/nist.js'],
  ]
  for (const [from, to, typesOnly = false] of allowed)
    assert.equal(objection({ from, to, typesOnly }), undefined, `${from} → ${to}`)
})

test('an import is read in each form it can have', () => {
  const forms = importsOf('test/house/import-forms.ts')
  const expected: readonly Omit<Import, 'from'>[] = [
    { to: 'node:assert', typesOnly: false },
    { to: 'node:fs', typesOnly: false },
    { to: 'node:path', typesOnly: false },
    { to: 'test/house/rooms.ts', typesOnly: true },
    { to: 'test/house/tree.ts', typesOnly: true },
    { to: 'test/house/tree.ts', typesOnly: true },
    { to: 'node:os', typesOnly: false },
  ]
  assert.deepEqual(
    forms.map(({ to, typesOnly }) => ({ to, typesOnly })),
    expected,
  )
})
