/**
 * An application of records behind a 4-digit PIN of its own, as the free area's are (facts 2.9; requirements F27–F29): the pattern of the
 * library card and of the staff card. Content is written at personalisation or later under the domain's secure channel.
 */
import { timingSafeEqual } from 'node:crypto'
import { tlv } from '../../../src/base/tlv.ts'
import type { Command } from '../../../src/card/command.ts'
import { SW, triesLeft } from '../../../src/card/status-word.ts'
import { answer, status } from '../../os/answer.ts'
import type { Applet, AppletClass, AppletHost } from '../applet.ts'
import { parseDataGroupings } from '../dgi.ts'
import { demand, Refusal, require } from '../refusal.ts'

export interface RecordCard {
  readonly package: Uint8Array
  readonly module: Uint8Array
  /** Records that everybody may read; the others need the PIN or the secure channel. */
  readonly freeRecords: readonly number[]
}

const INS = { VERIFY: 0x20, CHANGE: 0x24, RESET: 0x2c, READ_RECORD: 0xb2, UPDATE_RECORD: 0xdc } as const
const PIN_REFERENCE = 0x81
const PIN_LENGTH = 4
const TRIES = 3
const LAST_RECORD = 0xfe
/** Data groupings of personalisation: 0101 the PIN, 02nn record nn. */
const GROUPING = { PIN: 0x0101, RECORD: 0x02 } as const

const recordName = (number: number): string => `record-${number}`

export const recordCard = (card: RecordCard): AppletClass => ({
  package: card.package,
  module: card.module,
  install(_, parameters) {
    require(parameters.length === 0, SW.WRONG_DATA)
  },
  open: (host) => new RecordApplet(card, host),
  personalise(host, { data }) {
    for (const { id, value } of parseDataGroupings(data)) {
      if (id === GROUPING.PIN) setPin(host, value)
      else if (id >> 8 === GROUPING.RECORD) setRecord(host, id & 0xff, value)
      else throw new Refusal(SW.REFERENCE_NOT_FOUND)
    }
    return status(SW.OK)
  },
})

function setPin({ objects }: AppletHost, pin: Uint8Array): void {
  require(pin.length === PIN_LENGTH && pin.every((digit) => digit >= 0x30 && digit <= 0x39), SW.WRONG_DATA)
  objects.transaction(() => {
    objects.write('pin', pin)
    objects.write('tries', Uint8Array.of(TRIES))
  })
}

/** Empty content takes the record away. */
function setRecord({ objects }: AppletHost, number: number, content: Uint8Array): void {
  require(number >= 1 && number <= LAST_RECORD, SW.RECORD_NOT_FOUND)
  objects.write(recordName(number), content.length === 0 ? undefined : content)
}

class RecordApplet implements Applet {
  readonly #card: RecordCard
  readonly #host: AppletHost
  #verified = false

  constructor(card: RecordCard, host: AppletHost) {
    this.#card = card
    this.#host = host
  }

  select({ p2, ne }: Command): Uint8Array {
    return (p2 & 0x0c) === 0 && ne > 0 ? answer(tlv(0x6f, tlv(0x84, this.#host.aid))) : status(SW.OK)
  }

  process(command: Command): Uint8Array {
    if ((command.cla & 0x7f) !== 0) return status(SW.CLA_NOT_SUPPORTED)
    switch (command.ins) {
      case INS.VERIFY:
        return this.#verify(command)
      case INS.CHANGE:
        return this.#change(command)
      case INS.RESET:
        return this.#reset(command)
      case INS.READ_RECORD:
        return this.#read(command)
      case INS.UPDATE_RECORD:
        return this.#update(command)
      default:
        return status(SW.INS_NOT_SUPPORTED)
    }
  }

  get #tries(): number {
    return this.#host.objects.read('tries')?.[0] ?? 0
  }

  /** Without data: how many tries are left. */
  #verify({ p1, p2, data }: Command): Uint8Array {
    require(p1 === 0x00 && p2 === PIN_REFERENCE, SW.WRONG_P1P2)
    return data.length === 0 ? status(triesLeft(this.#tries)) : status(this.#compare(data))
  }

  /** The try is spent before the comparison and given back after it. */
  #compare(pin: Uint8Array): number {
    const { objects } = this.#host
    const tries = this.#tries
    this.#verified = false
    if (tries === 0) return SW.REFERENCE_LOCKED
    objects.write('tries', Uint8Array.of(tries - 1))
    const right = demand(objects.read('pin'), SW.CONDITIONS_NOT_SATISFIED)
    if (pin.length !== right.length || !timingSafeEqual(pin, right)) return triesLeft(tries - 1)
    objects.write('tries', Uint8Array.of(TRIES))
    this.#verified = true
    return SW.OK
  }

  /** Old and new PIN together. */
  #change({ p1, p2, data }: Command): Uint8Array {
    require(p1 === 0x00 && p2 === PIN_REFERENCE, SW.WRONG_P1P2)
    require(data.length === 2 * PIN_LENGTH, SW.WRONG_LENGTH)
    const sw = this.#compare(data.subarray(0, PIN_LENGTH))
    if (sw !== SW.OK) return status(sw)
    setPin(this.#host, data.subarray(PIN_LENGTH))
    return status(SW.OK)
  }

  /** A new PIN instead of one forgotten, for the domain alone. */
  #reset({ p1, p2, data }: Command): Uint8Array {
    require(p1 === 0x02 && p2 === PIN_REFERENCE, SW.WRONG_P1P2)
    require(this.#host.secured(), SW.SECURITY_STATUS)
    setPin(this.#host, data)
    return status(SW.OK)
  }

  #read({ p1, p2, ne }: Command): Uint8Array {
    require(p2 === 0x04, SW.WRONG_P1P2)
    const allowed = this.#verified || this.#card.freeRecords.includes(p1) || this.#host.secured()
    require(allowed, SW.SECURITY_STATUS)
    const record = demand(this.#host.objects.read(recordName(p1)), SW.RECORD_NOT_FOUND)
    require(record.length <= ne, SW.WRONG_LENGTH)
    return answer(record)
  }

  #update({ p1, p2, data }: Command): Uint8Array {
    require(p2 === 0x04, SW.WRONG_P1P2)
    require(this.#host.secured(), SW.SECURITY_STATUS)
    setRecord(this.#host, p1, data)
    return status(SW.OK)
  }
}
