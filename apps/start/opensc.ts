/** Signing through OpenSC and verifying with OpenSSL: programs nobody here wrote. */

import { verify, X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isInstalled, run } from './program.ts'

/** Of the simulated person; on every simulated card the same. */
const SIGN_PIN = 'ABC123'
const TOKEN = ['--token-label', 'JPKI (Digital Signature PIN)', '--login', '--pin', 'env:SIGN_PIN', '--id', '02']

export interface Signed {
  readonly certificate: X509Certificate
  readonly signature: Uint8Array
}

/** Signs with the key for signatures (署名用) of the first card. `env` leads to the readers. */
export async function signWithOpenSc(
  document: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Signed> {
  const [signature, certificate] = [join(folder, 'document.sig'), join(folder, 'certificate.der')]
  const withPin = { ...env, SIGN_PIN }
  const sign = ['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--input-file', document, '--output-file', signature]
  await run('pkcs11-tool', [...TOKEN, ...sign], withPin)
  await run('pkcs11-tool', [...TOKEN, '--read-object', '--type', 'cert', '--output-file', certificate], withPin)
  return { certificate: new X509Certificate(await readFile(certificate)), signature: await readFile(signature) }
}

export interface Verdict {
  readonly good: boolean
  readonly by: 'OpenSSL' | 'Node'
}

/** With the program `openssl`, or with Node where that is not installed. */
export async function verifySignature(
  document: string,
  folder: string,
  { certificate, signature }: Signed,
): Promise<Verdict> {
  if (!isInstalled('openssl')) {
    const good = verify('sha256', await readFile(document), certificate.publicKey, signature)
    return { good, by: 'Node' }
  }
  const [key, signatureFile] = [join(folder, 'key.pem'), join(folder, 'document.sig')]
  await writeFile(key, certificate.publicKey.export({ type: 'spki', format: 'pem' }))
  await writeFile(signatureFile, signature)
  const args = ['dgst', '-sha256', '-verify', key, '-signature', signatureFile, document]
  const said = await run('openssl', args).catch(() => '')
  return { good: said.startsWith('Verified OK'), by: 'OpenSSL' }
}
