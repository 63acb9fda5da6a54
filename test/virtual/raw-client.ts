/** pcsc-lite's client protocol from the client's side, written from the facts page alone: it shares no code with the service. */
import { connect, type Socket } from 'node:net'
import { endianness } from 'node:os'

const LITTLE = endianness() === 'LE'

export function u32(...values: readonly number[]): Buffer {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((value, i) => {
    view.setUint32(4 * i, value >>> 0, LITTLE)
  })
  return Buffer.from(view.buffer)
}

export const at32 = (bytes: Buffer, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, LITTLE)

export interface RawReader {
  readonly name: string
  readonly events: number
  readonly state: number
  readonly sharing: number
  readonly atr: string
}

export class RawClient {
  readonly socket: Socket
  context = 0
  #held: Buffer = Buffer.alloc(0)
  #wanted: { readonly size: number; readonly resolve: (bytes: Buffer) => void; readonly reject: (e: Error) => void }[] =
    []
  #ended = false
  readonly closed: Promise<void>

  constructor(path: string) {
    this.socket = connect(path)
    this.socket.on('data', (chunk: Buffer) => {
      this.#held = Buffer.concat([this.#held, chunk])
      this.#feed()
    })
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.#ended = true
        for (const { reject } of this.#wanted) reject(new Error('closed'))
        resolve()
      })
    })
  }

  /** Connects, agrees on the version and establishes a context. */
  static async open(path: string, minor = 4): Promise<RawClient> {
    const client = new RawClient(path)
    const version = await client.call(0x11, u32(4, minor, 0))
    if (at32(version, 8) !== 0) throw new Error(`version refused: ${at32(version, 4)}`)
    const established = await client.call(0x01, u32(2, 0, 0))
    client.context = at32(established, 4)
    return client
  }

  #feed(): void {
    for (let next = this.#wanted[0]; next !== undefined && this.#held.length >= next.size; next = this.#wanted[0]) {
      this.#wanted.shift()
      const bytes = Buffer.from(this.#held.subarray(0, next.size))
      this.#held = this.#held.subarray(next.size)
      next.resolve(bytes)
    }
  }

  /** Bytes that came and nobody asked for. */
  get unread(): number {
    return this.#held.length
  }

  receive(size: number): Promise<Buffer> {
    if (this.#ended) return Promise.reject(new Error('closed'))
    return new Promise((resolve, reject) => {
      this.#wanted.push({ size, resolve, reject })
      this.#feed()
    })
  }

  send(command: number, body: Buffer, after: Uint8Array = new Uint8Array(0)): void {
    this.socket.write(Buffer.concat([u32(body.length, command), body, after]))
  }

  call(command: number, body: Buffer, answerSize = body.length): Promise<Buffer> {
    this.send(command, body)
    return this.receive(answerSize)
  }

  /** Return code of a call whose answer ends with it. */
  async code(command: number, ...fields: readonly number[]): Promise<number> {
    const answer = await this.call(command, u32(...fields, 0))
    return at32(answer, answer.length - 4)
  }

  async connect(name: string, share = 2, protocols = 3): Promise<{ rv: number; card: number; protocol: number }> {
    const field = Buffer.alloc(128)
    field.write(name)
    const body = Buffer.concat([u32(this.context), field, u32(share, protocols, 0, 0, 0)])
    const answer = await this.call(0x04, body)
    return { card: at32(answer, 140), protocol: at32(answer, 144), rv: at32(answer, 148) }
  }

  /** A handle, or an assertion-like error with the return code. */
  async handle(name: string, share = 2): Promise<number> {
    const { rv, card } = await this.connect(name, share)
    if (rv !== 0) throw new Error(`connect: 0x${rv.toString(16)}`)
    return card
  }

  async transmit(
    card: number,
    command: Uint8Array,
    protocol = 2,
    room = 65_548,
  ): Promise<{ rv: number; answer: Buffer }> {
    this.send(0x09, u32(card, protocol, 16, command.length, 0, 16, room, 0), command)
    const head = await this.receive(32)
    const rv = at32(head, 28)
    return { rv, answer: rv === 0 ? await this.receive(at32(head, 24)) : Buffer.alloc(0) }
  }

  async control(
    card: number,
    code: number,
    input: Uint8Array = new Uint8Array(0),
  ): Promise<{ rv: number; answer: Buffer }> {
    this.send(0x0a, u32(card, code, input.length, 1024, 0, 0), input)
    const head = await this.receive(24)
    const rv = at32(head, 20)
    return { rv, answer: rv === 0 ? await this.receive(at32(head, 16)) : Buffer.alloc(0) }
  }

  begin = (card: number): Promise<number> => this.code(0x07, card)
  end = (card: number, disposition = 0): Promise<number> => this.code(0x08, card, disposition)
  status = (card: number): Promise<number> => this.code(0x0b, card)
  disconnect = (card: number, disposition = 0): Promise<number> => this.code(0x06, card, disposition)
  reconnect = (card: number, initialization: number, share = 2): Promise<number> =>
    this.code(0x05, card, share, 3, initialization, 0)

  async attribute(card: number, id: number, room = 264): Promise<{ rv: number; value: Buffer }> {
    const answer = await this.call(0x0f, Buffer.concat([u32(card, id), Buffer.alloc(264), u32(room, 0)]))
    return { rv: at32(answer, 276), value: answer.subarray(8, 8 + at32(answer, 272)) }
  }

  async readers(): Promise<readonly RawReader[]> {
    return parseReaders(await this.call(0x12, Buffer.alloc(0), 16 * 184))
  }

  close(): void {
    this.socket.destroy()
  }
}

export function parseReaders(bytes: Buffer): readonly RawReader[] {
  const readers: RawReader[] = []
  for (let at = 0; at < bytes.length; at += 184) {
    const name = bytes.toString('utf8', at, bytes.indexOf(0, at))
    if (name === '') continue
    readers.push({
      name,
      events: at32(bytes, at + 128),
      state: at32(bytes, at + 132),
      sharing: at32(bytes, at + 136) | 0,
      atr: bytes.subarray(at + 140, at + 140 + at32(bytes, at + 176)).toString('hex'),
    })
  }
  return readers
}
