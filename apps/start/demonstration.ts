/** A document signed with a simulated card and verified, by programs nobody here wrote where they are installed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestReaders } from '../testkit/testkit.ts'
import { signWithOpenSc, verifySignature } from './opensc.ts'
import { signWithCommands } from './own-commands.ts'
import { isInstalled } from './program.ts'
import { say } from './say.ts'

const TEXT = 'この文書は見本です。 This document is a specimen.\n'
const oneLine = (name: string) => name.replaceAll('\n', ', ')

/** The card of 番号 花子 lies on `reader`. Throws when the signature is not good. */
export async function demonstrate(readers: TestReaders, reader: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'madoguchi-start-'))
  try {
    say(
      `1. 仮想リーダー「${reader}」に番号花子さんの模擬カードを置きました。`,
      `On the virtual reader "${reader}" lies the simulated card of 番号 花子.`,
    )
    const document = join(folder, 'document.txt')
    await writeFile(document, TEXT)
    say(`2. 署名する文書: ${TEXT.trim()}`, 'That is the document to be signed.')
    const began = performance.now()
    const openSc = process.platform === 'linux' && isInstalled('pkcs11-tool')
    const signed = openSc
      ? await signWithOpenSc(document, folder, readers.env)
      : await signWithCommands(readers.service, reader, await readFile(document))
    const took = `${signed.signature.length * 8} bit, ${Math.round(performance.now() - began)} ms`
    if (openSc)
      say(
        `3. OpenSC(別の人たちが作ったプログラム)が、署名用電子証明書の鍵で署名しました。${took}`,
        'OpenSC, a program nobody here wrote, signed it with the key of the signature certificate.',
      )
    else
      say(
        `3. OpenSC がこの機械に無いので、自分でカードの命令を送って署名しました。${took}`,
        'OpenSC is not on this machine (Debian: apt-get install opensc), so we sent the card its commands ourselves.',
      )
    const { good, by } = await verifySignature(document, folder, signed)
    if (!good) throw new Error(`${by} did not accept the signature`)
    say(
      `4. ${by} がカードの証明書の公開鍵で署名を検証しました: 正しい署名です。`,
      `${by} verified the signature with the public key of the card's certificate: it is good.`,
    )
    say(`    証明書: ${oneLine(signed.certificate.subject)}`, `issued by ${oneLine(signed.certificate.issuer)}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
