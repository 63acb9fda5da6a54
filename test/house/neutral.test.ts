/** Law 2: the rooms of `src` do not know where they run. The compiler knows their globals; here is what it cannot tell. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NEUTRAL_ROOMS, roomOf } from './rooms.ts'
import { read, sourceFiles } from './tree.ts'

/** Time, randomness, storage and network are passed in: what else would bring them → what to use. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, 'a Clock (src/base/clock.ts)'],
  [/\bMath\.random\(|\bgetRandomValues\(|\brandomUUID\(/, 'a RandomSource (src/base/clock.ts)'],
  [/\bfetch\(|\bWebSocket\b|\bXMLHttpRequest\b|\bEventSource\b/, 'a Wire (src/wire/frame.ts)'],
  [/\bindexedDB\b|\blocalStorage\b|\bsessionStorage\b|\bcaches\b/, 'a port that the app passes in'],
  [/\bprocess\.|\bBuffer\b|\b__dirname\b|\brequire\(|\bsetImmediate\(/, 'nothing of Node'],
  [/\bwindow\.|\bdocument\.|\bnavigator\.|\bself\.|\bimportScripts\(/, 'nothing of a browser'],
  [/\bconsole\./, 'a value that is returned, or the trace'],
]

const code = (path: string): string => read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

test('src takes time, randomness, storage and network from outside', () => {
  const rooms = new Set(NEUTRAL_ROOMS)
  const files = sourceFiles().filter((path) => rooms.has(roomOf(path)?.room ?? '') && path !== 'src/base/clock.ts')
  assert.ok(files.length > 10)
  const guilty = files.flatMap((path) =>
    BANNED.filter(([pattern]) => pattern.test(code(path))).map(([, instead]) => `${path}: use ${instead}`),
  )
  assert.deepEqual(guilty, [])
})
