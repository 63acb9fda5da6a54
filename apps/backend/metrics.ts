/** Counters in Prometheus' text format (version 0.0.4). Labels are endpoints and codes, never people or serials. */

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

export interface Metrics {
  /** One finished request: endpoint by its pattern, HTTP status, seconds. */
  finished(endpoint: string, status: number, seconds: number): void
  /** Everything so far, with gauges measured now. */
  text(gauges: Readonly<Record<string, number>>): string
}

export function metrics(): Metrics {
  interface Endpoint {
    readonly statuses: Map<number, number>
    /** How many fell into each bucket and not into a lower one; the last is for all that took longer. */
    readonly buckets: Float64Array
    sum: number
  }
  const endpoints = new Map<string, Endpoint>()
  return {
    finished(endpoint, status, seconds) {
      let seen = endpoints.get(endpoint)
      if (seen === undefined) {
        seen = { statuses: new Map(), buckets: new Float64Array(BUCKETS.length + 1), sum: 0 }
        endpoints.set(endpoint, seen)
      }
      seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1)
      let bucket = 0
      while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket++
      seen.buckets[bucket] = (seen.buckets[bucket] as number) + 1
      seen.sum += seconds
    },
    text(gauges) {
      const out = ['# TYPE madoguchi_requests_total counter']
      for (const [endpoint, { statuses }] of endpoints)
        for (const [status, count] of statuses)
          out.push(`madoguchi_requests_total{endpoint="${endpoint}",status="${status}"} ${count}`)
      out.push('# TYPE madoguchi_request_seconds histogram')
      for (const [endpoint, { buckets, sum }] of endpoints) {
        let count = 0
        const line = (name: string, value: number) => out.push(`madoguchi_request_seconds_${name} ${value}`)
        for (const [i, limit] of [...BUCKETS, '+Inf'].entries()) {
          count += buckets[i] ?? 0
          line(`bucket{endpoint="${endpoint}",le="${limit}"}`, count)
        }
        line(`sum{endpoint="${endpoint}"}`, sum)
        line(`count{endpoint="${endpoint}"}`, count)
      }
      for (const [name, value] of Object.entries(gauges))
        out.push(`# TYPE madoguchi_${name} gauge`, `madoguchi_${name} ${value}`)
      return `${out.join('\n')}\n`
    },
  }
}
