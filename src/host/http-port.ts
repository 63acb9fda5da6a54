/** One endpoint of the backend, as the door of this terminal reaches it: with its address, its certificate and TLS. */

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** From the root, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: string
}

export interface HttpResponse {
  readonly status: number
  /** What the header Retry-After says, in seconds. */
  readonly retryAfter?: number
  readonly body: string
}

/** Rejects when no whole answer came, and when the signal aborts. */
export type HttpPort = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>
