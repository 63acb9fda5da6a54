/**
 * The card image: one simulated card as data, kept in `*.card.json`.
 *
 * Cells are the card's persistent memory, grouped by application and named after the object they hold:
 *   `000A`        content of the transparent EF 000A (the physical file, filler included)
 *   `0001/01`     record 1 of the record EF 0001 (its whole simple TLV)
 *   `0018.pin`    reference value of the PIN in IEF 0018; `.tries` tries left (1 byte), `.limit` try limit (1 byte, 00 = no limit)
 *   `0017.key`    private key of IEF 0017, PKCS #8 DER; `text/0006.key` the private half of the session-key delivery key;
 *                 `jpki/0016.key` no private key but the certifier's: key id (16 bytes) ‖ `90 03 exponent` ‖ `91 82 0100 modulus`
 *   `.life`       life-cycle state of the application (1 byte): 07 made, without holder's data (no credential works, no key
 *                 signs), 0F in use (also when absent), bit 8 locked
 * A working EF (transparent or record) is on the card when its cell is; an IEF always is, and a PIN without `.pin` cell is
 * blocked. `isd` cells are returned by GET DATA as they are kept.
 * Applications: `isd` (card manager; data objects as `0042`, `7F21`, …), `common`, `juki`, `visual`, `text`, `jpki`, `licence`; `gp` is the
 * GlobalPlatform registry's own (globalplatform/cells.ts).
 */

export type ChipGeneration = 'E0' | 'DA' | 'C5'

export interface ChipBehaviour {
  /** Which contact ATR the chip has; `DA` also accepts command chaining (facts 1.3, 1.4). */
  readonly generation: ChipGeneration
  /** Bytes 5–11 of the contactless string: ATQB application data and protocol info (facts 1.3). */
  readonly contactlessAtr: string
  /** Answer 6F00 once after power-up, as one measured card did (facts 1.9). */
  readonly firstCommandFails: boolean
  /** Answer long responses with 61xx and GET RESPONSE, wrong Le with 6Cxx: never seen on the real card (facts 1.4). */
  readonly getResponse: boolean
  /** Logical channels 1–19, as a plain GlobalPlatform card has them; the My Number card refuses them (facts 1.9). */
  readonly logicalChannels?: boolean
}

export interface CardImage {
  readonly format: 'madoguchi-card'
  readonly version: 1
  /** Always true: no image of a real card can exist. */
  readonly simulated: true
  /** Name of the profile it was made from, for people. */
  readonly profile: string
  readonly chip: ChipBehaviour
  /** application → cell → hexadecimal */
  readonly cells: Readonly<Record<string, Readonly<Record<string, string>>>>
}
