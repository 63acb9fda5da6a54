/** Counters in Prometheus' text format (version 0.0.4). Labels are endpoints and codes, never people or serials. */

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

export interface Metrics {
  /** One finished request: endpoint by its pattern, HTTP status, seconds. */
  finished(endpoint: string, status: number, seconds: number): void
  /** Everything so far, with gauges measured now. */
  text(gauges: Readonly<Record<string, number>>): string
}

export function metrics(): Metrics {
  const counts = new Map<string, number>()
  const times = new Map<string, { readonly buckets: number[]; sum: number; count: number }>()
  return {
    finished(endpoint, status, seconds) {
      const key = `endpoint="${endpoint}",status="${status}"`
      counts.set(key, (counts.get(key) ?? 0) + 1)
      const time = times.get(endpoint) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }
      for (const [i, limit] of BUCKETS.entries()) if (seconds <= limit) time.buckets[i] = (time.buckets[i] ?? 0) + 1
      time.sum += seconds
      time.count++
      times.set(endpoint, time)
    },
    text(gauges) {
      const out = ['# TYPE madoguchi_requests_total counter']
      for (const [labels, count] of counts) out.push(`madoguchi_requests_total{${labels}} ${count}`)
      out.push('# TYPE madoguchi_request_seconds histogram')
      for (const [endpoint, { buckets, sum, count }] of times) {
        const line = (name: string, value: number) => out.push(`madoguchi_request_seconds_${name} ${value}`)
        for (const [i, limit] of BUCKETS.entries())
          line(`bucket{endpoint="${endpoint}",le="${limit}"}`, buckets[i] ?? 0)
        line(`bucket{endpoint="${endpoint}",le="+Inf"}`, count)
        line(`sum{endpoint="${endpoint}"}`, sum)
        line(`count{endpoint="${endpoint}"}`, count)
      }
      for (const [name, value] of Object.entries(gauges))
        out.push(`# TYPE madoguchi_${name} gauge`, `madoguchi_${name} ${value}`)
      return `${out.join('\n')}\n`
    },
  }
}
