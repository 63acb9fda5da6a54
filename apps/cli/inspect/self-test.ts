/** The signing self-test: VERIFY – which may cost a try – one signature over a fresh value, checked with the certificate. */
import { getRandomValues } from 'node:crypto'
import { certificateContents } from '../../../src/applications/jpki/certificate-contents.ts'
import type { KeyName } from '../../../src/applications/jpki/jpki-files.ts'
import { JpkiSession } from '../../../src/applications/jpki/jpki-session.ts'
import type { LastTry, PinEntry, Verified } from '../../../src/applications/pin/verify-pin.ts'
import type { Transaction } from '../../../src/card/transaction-hold.ts'
import { webVerify } from '../../../src/pki/web-verify.ts'

export type SelfTest =
  | { readonly kind: 'good' | 'wrongSignature' | 'noCertificate' | 'noKey' }
  | Exclude<Verified, { kind: 'verified' }>

export async function selfTest(tx: Transaction, key: KeyName, entry: PinEntry, lastTry: LastTry): Promise<SelfTest> {
  const jpki = await JpkiSession.open(tx)
  const verified = await jpki.verifyPin(key, entry, lastTry)
  if (verified.kind !== 'verified') return verified
  const content = await jpki.certificate(key)
  const certificate = content.kind === 'read' ? certificateContents(content.bytes)?.certificate : undefined
  if (certificate === undefined) return { kind: 'noCertificate' }
  const message = getRandomValues(new Uint8Array(32))
  const signed = await jpki.sign(key, 'pkcs1OfMessage', message)
  if (signed.kind !== 'signed') return { kind: 'noKey' }
  const { algorithm, spki } = certificate.publicKey
  return { kind: (await webVerify(algorithm, spki, message, signed.signature)) ? 'good' : 'wrongSignature' }
}

export function selfTestText(result: SelfTest): string {
  switch (result.kind) {
    case 'good':
      return 'good: the signature is by the key of the certificate'
    case 'wrongSignature':
      return 'FAILED: the signature is not by the key of the certificate'
    case 'noCertificate':
      return 'FAILED: there is no certificate to check the signature with'
    case 'noKey':
      return 'FAILED: the card does not sign'
    case 'wrongPin':
      return `not done: wrong PIN, ${result.triesLeft} tries left`
    case 'blocked':
      return 'not done: the PIN is blocked'
    case 'missing':
      return 'not done: the card has no such PIN'
    case 'lastTry':
      return 'not done: one try is left; --last-try agrees to risk it'
    case 'notAllowed':
      return 'not done: no PIN of this kind looks like that; no try was used'
    case 'expired':
      return 'not done: the entry is too old'
  }
}
