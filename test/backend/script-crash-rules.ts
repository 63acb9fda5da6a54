/** What must hold of a card and its session after any number of deaths. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf } from '../../src/backend/ca/certificate-bytes.ts'
import type { CertRow } from '../../src/backend/ca/states.ts'
import { openStore } from '../../src/backend/store/open.ts'
import { PERSONAL } from './fixture.ts'
import type { ScriptFlow } from './script-crash-flow.ts'

export async function checkCard(
  { place, folder: own, number }: ScriptFlow,
  issuer: string,
  serial: number,
): Promise<void> {
  const store = openStore(place)
  try {
    const certs = await store.all<CertRow>('SELECT * FROM cert WHERE card = ? ORDER BY id', `card-${number}`)
    const [active, ...others] = certs.filter(({ state }) => state === 'active')
    assert.deepEqual([active?.issuer, active?.serial, others.length], [issuer, serial, 0])
    assert.ok(!certs.some(({ state }) => state === 'reserved' || state === 'signed'))
    const image = JSON.parse(readFileSync(join(own, `card-${number}.json`), 'utf8'))
    assert.equal(
      image.cells.jpki['000A'],
      Buffer.from((active && bytesOf(PERSONAL, active, 'der')) ?? [])
        .toString('hex')
        .toUpperCase(),
    )
    const lines = readFileSync(join(own, `journal-${number}.log`), 'utf8')
      .trim()
      .split('\n')
    const open = await store.all('SELECT id FROM script_session WHERE card = ?', `card-${number}`)
    assert.equal(open.length, 1, `one session, also when its opening was asked for twice: ${lines.length} lines`)
  } finally {
    await store.close()
  }
}
