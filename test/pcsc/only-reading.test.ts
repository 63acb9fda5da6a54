/** A real card is only read unless somebody allowed more: the list of what may pass, and what becomes of the rest. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asVirtualCard } from '../../apps/testkit/as-virtual-card.ts'
import { onlyReading, onlyReads } from '../../drivers/pcsc/only-reading.ts'
import { MemoryReaderService } from '../../drivers/virtual/memory/memory-service.ts'
import { ReaderBay } from '../../drivers/virtual/reader/reader-bay.ts'
import { specimen, takes } from '../procedures/terminal.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

test('reading passes, in every class; whatever writes, signs, opens a channel or spends a try does not', () => {
  for (const command of [
    '00A4040C0AD392F000260100000001',
    '00B0000000',
    '00B2010400',
    '80CA9F7F00',
    '0084000008',
    '00C0000010',
  ])
    assert.ok(onlyReads(bytes(command)), command)
  assert.ok(onlyReads(bytes('00200098')), 'asks for the tries left')
  assert.ok(onlyReads(bytes('FFCA000000')), 'asks the reader for an identifier')
  const refused = {
    VERIFY: '002000980431323334',
    'VERIFY with an empty body': '0020009800',
    'CHANGE REFERENCE DATA': '0024019804 31323334',
    'RESET RETRY COUNTER': '002C02980431323334',
    'UPDATE BINARY': '00D600000101',
    'COMPUTE DIGITAL SIGNATURE': '802A00170100',
    'INTERNAL AUTHENTICATE': '008800001000112233445566778899AABBCCDDEEFF',
    'EXTERNAL AUTHENTICATE': '8082330010 00112233445566778899AABBCCDDEEFF',
    'INITIALIZE UPDATE': '80500000080011223344556677',
    'PUT KEY': '80D8000100',
    'STORE DATA': '80E29000020102',
    INSTALL: '80E60200',
    LOAD: '80E80000',
    DELETE: '80E40000',
    'SET STATUS': '80F08007',
    'GENERATE ASYMMETRIC KEY PAIR': '0047000000',
    'a command to the reader': 'FF00000000',
    'half a command': '00A404',
    nothing: '',
  }
  for (const [name, command] of Object.entries(refused)) assert.equal(onlyReads(bytes(command)), false, name)
})

test('of all 65,536 pairs of class and instruction only the listed ones pass', () => {
  const passed = new Set<number>()
  for (let cla = 0; cla < 0xff; cla++)
    for (let ins = 0; ins < 0x100; ins++) if (onlyReads(Uint8Array.of(cla, ins, 0, 0, 1, 0))) passed.add(ins)
  assert.deepEqual(
    [...passed].sort((a, b) => a - b),
    [0x70, 0x84, 0xa4, 0xb0, 0xb1, 0xb2, 0xb3, 0xc0, 0xca, 0xcb],
  )
})

test('a refused command never reaches the card, says so by name, and the next one is answered', async () => {
  const bay = new ReaderBay()
  bay.plug('Reader', { pinPad: async () => bytes('31323335') })
  const card = await specimen()
  bay.reader('Reader').insert(asVirtualCard(card, 'specimen'))
  const readers = onlyReading(new MemoryReaderService(bay))
  const connection = await readers.connect('Reader', 'shared')
  await connection.transmit(bytes('00A4040C0AD392F000260100000001'))
  const seen = bay.trace.list('Reader').length
  await assert.rejects(connection.transmit(bytes('00200098 04 39393939')), {
    trouble: { kind: 'onlyReading', reader: 'Reader' },
  })
  const request = { header: bytes('00200098'), minLength: 4, maxLength: 4, timeoutSeconds: 5 }
  await assert.rejects(connection.verifyOnPinPad(request), { trouble: { kind: 'onlyReading', reader: 'Reader' } })
  assert.equal(bay.trace.list('Reader').length, seen)
  assert.equal(Buffer.from(await connection.transmit(bytes('00200098'))).toString('hex'), '63c3')
  assert.ok(takes(card, 'auth', '1234'))
  await readers.close()
})
