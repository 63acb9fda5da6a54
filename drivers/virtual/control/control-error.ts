/** A request that cannot be done, as an HTTP status and one sentence. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly status: 400 | 404 | 409 | 413
  constructor(status: 400 | 404 | 409 | 413, message: string) {
    super(message)
    this.status = status
  }
}
