/** Whoever reads a file can read what it needs first, and that before it: imports only lead down. Imports of types, too. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { circlesIn } from './circles.ts'
import { importsOf, sourceFiles } from './tree.ts'

test('no import leads back to where it came from', () => {
  const files = sourceFiles()
  const next = new Map(files.map((path) => [path, importsOf(path).map(({ to }) => to)]))
  assert.ok(
    [...next.values()].some((to) => to.some((path) => next.has(path))),
    'the walk finds the imports there are',
  )
  assert.deepEqual(
    circlesIn(next).map((way) => way.join(' → ')),
    [],
  )
})

test('a circle is found wherever it begins, by itself or far away, and a meeting of two ways is none', () => {
  const graph = (ways: Record<string, readonly string[]>) => new Map(Object.entries(ways))
  assert.deepEqual(circlesIn(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })), [])
  assert.deepEqual(circlesIn(graph({ a: ['b'], b: ['c', 'zod'], c: ['b'] })), [['b', 'c', 'b']])
  assert.deepEqual(circlesIn(graph({ a: ['b'], b: ['c'], c: ['d'], d: ['a'] })), [['a', 'b', 'c', 'd', 'a']])
  assert.deepEqual(circlesIn(graph({ a: ['a'] })), [['a', 'a']])
  assert.deepEqual(circlesIn(graph({ a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] })), [
    ['a', 'b', 'a'],
    ['c', 'd', 'c'],
  ])
})
