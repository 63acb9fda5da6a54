/** A right request for every endpoint of the contract. The compiler and a test ask for one wherever an endpoint is added. */
import type { z } from 'zod'
import type { BackendApi, EndpointName } from '../../src/wire/backend-api.ts'

type In<E, Part extends string> = E extends { readonly [P in Part]: infer S extends z.ZodType } ? z.input<S> : undefined
type Part<Name extends string, T> = [T] extends [undefined]
  ? { readonly [P in Name]?: undefined }
  : { readonly [P in Name]: T }
export type Sample<N extends EndpointName> = Part<'body', In<BackendApi[N], 'body'>> &
  ([In<BackendApi[N], 'params'>] extends [undefined]
    ? { readonly params?: undefined }
    : { readonly params: Readonly<Record<string, string>> })

const card = { serial: 'card-none' }
const certificate = { issuer: 'auth-2', serial: '7' }
const reservation = { reservation: 'reservation-none' }
const bytes = 'AAAA'
const reset = { pin: 'auth', issuer: 'sign-2', serial: 7 } as const
const compared = { name: '番号　花子', birth: '19890331', sex: '2', address: '東京都清瀬市' } as const
const person = { ...compared, kana: 'バンゴウ　ハナコ', municipality: '132217', abroad: false }

/** About people, cards, certificates and sessions that nobody knows: refused by the domain, wherever it could be half done. */
export const SAMPLES: { readonly [N in EndpointName]: Sample<N> } = {
  authorities: {},
  issueCertificate: { body: { kind: 'phoneAuth', card: 'card-none', phone: 'phone-none', publicKey: bytes } },
  confirmCertificate: { params: certificate, body: { signature: bytes, readBack: bytes } },
  reportCertificate: { params: certificate, body: { written: true } },
  endCertificate: { params: certificate, body: { to: 'revoked', reason: 'unspecified' } },
  certificate: { params: certificate },
  blockKey: { body: { publicKey: bytes } },
  checkCertificate: { body: { issuer: 'none', serial: 7, by: 'live' } },
  publishCrl: { body: { issuer: 'none', shard: 'all' } },
  addPerson: { body: { id: 'sample', ...person, municipality: '999999' } },
  searchPeople: { body: { kana: person.kana, birth: '19890331' } },
  pickPerson: { body: { holder: 'nobody', compared } },
  registryEvent: {
    body: { id: 'event', holder: 'nobody', event: { kind: 'moved', municipality: '132217', address: '東京都' } },
  },
  auditOf: { params: { holder: 'nobody' } },
  applyForCard: { body: { serial: 'card-new', holder: 'nobody', expires: '20350331', faceAuth: false } },
  moveCard: {
    params: card,
    body: { to: 'delivered', selfTest: { applicationsSelect: true, pinsVerify: true, certificatesGood: true } },
  },
  card: { params: card },
  reconcileCard: { params: card, body: { seen: [{ kind: 'auth', certificate: bytes }] } },
  towns: {},
  setTown: { params: { code: '999999' }, body: { down: true } },
  enrolTerminal: { body: { id: 'new', role: 'kiosk', town: '999999', fingerprint: 'A'.repeat(64) } },
  disableTerminal: { params: { id: 'none' }, body: {} },
  findCard: { body: { recorded: 'card-none' } },
  recordIdentityCheck: { params: card, body: { documents: ['passport'], face: 'matched', purpose: 'delivery' } },
  noteWrite: { params: card, body: { write: 'w-1', procedure: 'setUp', what: 'certificate', stage: 'intended' } },
  openWrites: { params: card },
  enrolOperator: { body: { id: 'new', name: '窓口　三郎', town: '132217', publicKey: bytes } },
  disableOperator: { params: { id: 'none' }, body: {} },
  signInChallenge: { body: { keyHash: 'A'.repeat(64) } },
  signIn: { body: { challenge: bytes, signature: bytes } },
  signOut: { body: { session: 'A'.repeat(43) } },
  askReset: { body: reset },
  openReset: { params: reservation, body: { signature: bytes, face: { method: 'visualCheck', matched: true } } },
  resetStatus: { params: reservation },
  findReset: { body: reset },
  useReset: { params: reservation, body: { signature: bytes } },
  scriptKey: {},
  openScript: { body: { card: 'card-none', ask: { procedure: 'certificate', kind: 'auth' } } },
  nextScript: { params: { session: 'session-none' }, body: { seq: 1, answers: [] } },
  registerApplication: {
    body: { id: 'app', area: 'free', instance: 'A000000001', cap: bytes, provider: 'nobody', signature: bytes },
  },
  enrolProvider: { body: { id: 'new', publicKey: bytes } },
  disableProvider: { params: { id: 'none' } },
}
