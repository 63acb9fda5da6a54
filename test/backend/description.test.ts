/** `/openapi.json` and `/metrics`, as tools that nobody here wrote or rules that others wrote read them. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { openDoor } from '../../apps/backend/door.ts'
import { DEFAULT_LIMITS, limits } from '../../apps/backend/limits.ts'
import { metrics } from '../../apps/backend/metrics.ts'
import { openApi } from '../../apps/backend/openapi.ts'
import { type Running, runBackend } from '../../apps/backend/run.ts'
import { BACKEND_API, type EndpointName } from '../../src/wire/backend-api.ts'
import { SAMPLES } from './contract-samples.ts'
import { HIERARCHY, MASTER, TestClock } from './fixture.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> }
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const folder = mkdtempSync(join(tmpdir(), 'madoguchi-description-'))
let running: Running
let description: Description
before(async () => {
  running = await runBackend({
    ...{ place: { folder }, master: MASTER, crlFolder: join(folder, 'crl'), ceremony: HIERARCHY.quick },
    ...{ role: 'all', host: '127.0.0.1', port: 0, version: 'test', log: () => {} },
  })
  description = (await (await fetch(`${running.address}/openapi.json`)).json()) as Description
})
after(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

const operations = () =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

describe('the description', () => {
  test('is valid by the schema of OpenAPI 3.1, and would not be with a slip in it', async () => {
    const validator = new Validator()
    assert.deepEqual(await validator.validate(JSON.parse(JSON.stringify(description))), { valid: true })
    assert.equal(validator.version, '3.1')
    const slips: ((paths: Record<string, Record<string, Record<string, unknown>>>) => void)[] = [
      (paths) => Object.assign(paths['/v1/towns']?.['get'] ?? {}, { responses: { 200: {} } }),
      (paths) => Object.assign(paths['/v1/towns']?.['get'] ?? {}, { parameters: [{ name: 'x', in: 'nowhere' }] }),
    ]
    for (const slip of slips) {
      const broken = JSON.parse(JSON.stringify(description))
      slip(broken.paths)
      assert.equal((await new Validator().validate(broken)).valid, false)
    }
  })

  test('every route that the door has is in it, and every operation in it is there', async () => {
    const app = await openDoor({
      ...{ backend: running.backend, role: 'all', limits: limits(new TestClock(), DEFAULT_LIMITS), mutual: false },
      ...{ metrics: metrics(), log: () => {}, version: 'test' },
      front: { server: createServer(), handOver() {}, listen: () => Promise.reject(), close: async () => {} },
    })
    // OCSP and /health are answered before any router (front.ts); HEAD goes with GET.
    const before = ['POST /ocsp/{issuer}', 'GET /ocsp/{issuer}/{request}', 'GET /health']
    const routed = routesOf(app.printRoutes({ commonPrefix: false }))
    await app.close()
    const described = operations().map(({ path, method }) => `${method} ${path}`)
    assert.deepEqual(described.toSorted(), [...routed, ...before].toSorted())
    const ids = operations().map(({ operation }) => operation.operationId)
    assert.equal(new Set(ids).size, ids.length)
    for (const name of Object.keys(BACKEND_API)) assert.ok(ids.includes(name), name)
  })

  test('its schemas, read by another validator, take every right sample and no unknown field', () => {
    // Formats and contentEncoding are for people; the patterns beside them are checked.
    const ajv = new Ajv2020({ strict: false, validateFormats: false, unicodeRegExp: true })
    for (const { path, operation } of operations()) {
      const sample = SAMPLES[operation.operationId as EndpointName] as (typeof SAMPLES)[EndpointName] | undefined
      const inPath = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      assert.deepEqual(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        path,
      )
      const body = operation.requestBody?.content['application/json']?.schema
      assert.equal(body === undefined, sample?.body === undefined, operation.operationId)
      if (body === undefined) continue
      const valid = ajv.compile(body)
      assert.equal(valid(sample?.body), true, `${operation.operationId}: ${ajv.errorsText(valid.errors)}`)
      assert.equal(valid({ ...sample?.body, surplus: 1 }), false, operation.operationId)
      assert.equal(valid([]), false, operation.operationId)
    }
  })

  test('a copy of it in a file says the same', () =>
    assert.deepEqual(JSON.parse(JSON.stringify(openApi('test'))), description))
})

/** Lines such as `├── /v1/cards (GET, HEAD)`, the branch above giving the beginning of the path. */
function routesOf(tree: string): string[] {
  const above: string[] = []
  const found: string[] = []
  for (const line of tree.split('\n')) {
    const [, branch = '', part = '', methods = ''] = /^([│├└─\s]*)(\S*)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    const depth = branch.length / 4
    if (part === '' && methods === '') continue
    above.length = depth
    above[depth] = part
    const path = above.join('').replace(/:(\w+)/g, '{$1}')
    for (const method of methods.split(', ')) if (method !== '' && method !== 'HEAD') found.push(`${method} ${path}`)
  }
  return found
}

describe('metrics in the text format of Prometheus 0.0.4', () => {
  test('every line is a comment, a sample of a family declared above it, or nothing; histograms add up', async () => {
    for (let i = 0; i < 3; i++) await (await fetch(`${running.address}/v1/towns`)).text()
    await (await fetch(`${running.address}/nowhere/"\\`)).text()
    const response = await fetch(`${running.address}/metrics`)
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    const text = await response.text()
    assert.ok(text.endsWith('\n'))
    const families = new Map<string, string>()
    const samples = new Map<string, number>()
    let last = ''
    for (const line of text.slice(0, -1).split('\n')) {
      const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line)
      if (type !== null) {
        assert.ok(!families.has(type[1] as string), `declared twice: ${line}`)
        families.set(type[1] as string, type[2] as string)
        last = type[1] as string
        continue
      }
      if (line.startsWith('# HELP ')) continue
      const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
      const sample = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{${label}(?:,${label})*\\})? (\\S+)$`).exec(line)
      assert.ok(sample !== null, `no sample: ${line}`)
      const [, name = '', labels = '', value = ''] = sample
      const family = families.get(last) === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
      assert.equal(family, last, `outside its family: ${line}`)
      assert.ok(/^(NaN|[+-]Inf)$/.test(value) || Number.isFinite(Number(value)), line)
      assert.ok(!samples.has(name + labels), `twice: ${line}`)
      samples.set(name + labels, Number(value))
    }
    assert.equal(families.get('madoguchi_request_seconds'), 'histogram')
    assert.equal(samples.get('madoguchi_requests_total{endpoint="/v1/towns",status="401"}'), 3)
    let histograms = 0
    for (const [key, count] of samples) {
      const of = /^madoguchi_request_seconds_count\{endpoint="(.*)"\}$/.exec(key)?.[1]
      if (of === undefined) continue
      histograms++
      const buckets = [...samples].filter(([name]) =>
        name.startsWith(`madoguchi_request_seconds_bucket{endpoint="${of}",`),
      )
      const values = buckets.map(([, value]) => value)
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
        'buckets hold what smaller ones hold',
      )
      assert.equal(values.at(-1), count)
      assert.match(buckets.at(-1)?.[0] ?? '', /le="\+Inf"/)
    }
    assert.ok(histograms >= 2)
  })
})
