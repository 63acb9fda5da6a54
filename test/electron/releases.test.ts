import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RELEASES, supportOf } from '../../apps/terminal/electron/releases.ts'
import manifest from '../../package.json' with { type: 'json' }
import { read } from '../house/tree.ts'

const DAY = 24 * 3600 * 1000

test('row 1: the pinned Electron is of a major that the schedule knows, and of the newest three', (t) => {
  const version = manifest.devDependencies.electron
  const newest = RELEASES.slice(-3).map(({ major }) => major)
  assert.ok(newest.includes(Number(version.split('.')[0])), `${version} is none of ${newest}`)
  const release = RELEASES.find(({ major }) => major === Number(version.split('.')[0]))
  assert.equal(supportOf(version, Date.parse(release?.began ?? '')), 'supported')
  const now = supportOf(version, Date.now())
  if (now !== 'supported')
    t.diagnostic(`Electron ${version}: support ${now}; take a newer one and add it to releases.ts`)
})

test('row 1: a major ends 24 weeks after it began, within a few days, when the third one after it begins', () => {
  for (const [i, { major, began, ends }] of RELEASES.entries()) {
    assert.equal(major, (RELEASES[0]?.major ?? 0) + i)
    const weeks = (Date.parse(ends) - Date.parse(began)) / (7 * DAY)
    assert.ok(Math.abs(weeks - 24) < 1, `${major}: ${weeks} weeks`)
    const third = RELEASES[i + 3]
    if (third !== undefined) assert.equal(ends, third.began)
  }
})

test('row 1: what is known of a version on a day', () => {
  const on = (day: string) => supportOf('45.4.1', Date.parse(day))
  assert.equal(on('2026-11-21'), 'supported')
  assert.equal(on('2027-03-09'), 'supported')
  assert.equal(on('2027-03-10'), 'endsSoon')
  assert.equal(on('2027-04-07'), 'ended')
  assert.equal(supportOf('99.0.0', 0), 'unknown')
})

test('row 2: Electron is installed without its program: its package runs nothing at install', () => {
  assert.ok(Number(manifest.devDependencies.electron.split('.')[0]) >= 42)
  const locked = JSON.parse(read('package-lock.json')).packages['node_modules/electron']
  assert.equal(locked.version, manifest.devDependencies.electron)
  assert.equal(locked.hasInstallScript, undefined)
  assert.ok(!('electron' in manifest.allowScripts))
})
