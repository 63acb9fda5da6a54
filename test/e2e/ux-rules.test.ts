/** Each rule of the screens has a test of that name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFiles, read } from '../house/tree.ts'
import { UX_RULES } from './ux-rules.ts'

test('every rule has its tests, under the names that the table gives', () => {
  const files = new Set(projectFiles())
  for (const { rule, proof } of UX_RULES) {
    assert.ok(Object.keys(proof).length > 0, rule)
    for (const [file, names] of Object.entries(proof)) {
      assert.ok(files.has(`test/${file}`), `${rule}: there is no test/${file}`)
      const code = read(`test/${file}`)
      for (const name of names)
        assert.ok(
          [`test('${name}`, `test(\`${name.replaceAll('{', '${')}`].some((begun) => code.includes(begun)),
          `${rule}: no test in test/${file} begins with “${name}”`,
        )
    }
  }
})

test('no rule stands there twice', () => {
  const rules = UX_RULES.map(({ rule }) => rule)
  assert.deepEqual([...new Set(rules)], rules)
})
