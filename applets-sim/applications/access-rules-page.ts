/** `docs/access-rules.md` from the very table the chip checks against. A test tells when the page is behind. */
import {
  FIRST_PIN,
  FREE,
  ISSUER,
  LIFE_CYCLES,
  type LifeCycle,
  OPERATIONS,
  type Operation,
  TERMINAL,
} from '../os/access.ts'
import { type CardObject, type CompiledLayout, fidName } from '../os/layout.ts'
import { cardManager, STANDARD_APPLICATIONS } from './standard-applications.ts'

const COMMAND: Readonly<Record<Operation, string>> = {
  read: 'READ BINARY, READ RECORD',
  verify: 'VERIFY',
  changeReferenceData: 'CHANGE REFERENCE DATA',
  changeKey: 'CHANGE KEY',
  sign: 'COMPUTE DIGITAL SIGNATURE',
  internalAuthenticate: 'INTERNAL AUTHENTICATE',
  setSessionKey: 'SET SESSION KEY',
  setPublicKey: 'SET PUBLIC IC KEY',
  externalAuthenticate: 'EXTERNAL AUTHENTICATE',
  write: 'write content',
  setPin: 'set or disable PIN',
  putKey: 'put key',
  generateKey: 'generate key pair',
}

const LIFE: Readonly<Record<LifeCycle, string>> = {
  selectable: 'made, not personalised (07)',
  personalised: 'in use (0F)',
  locked: 'locked (bit 8)',
}

/** The proofs of which one suffices, in words. */
function proofs(condition: number, application: CompiledLayout): string {
  const names = [
    ...(condition & FREE ? ['free'] : []),
    ...application.objects.flatMap((object) =>
      object !== undefined && object.bit >= FIRST_PIN && (condition & object.bit) !== 0
        ? [`${fidName(object.fid)} ${object.layout.title}`]
        : [],
    ),
    ...(condition & TERMINAL ? ['特定機関認証, once'] : []),
    ...(condition & ISSUER ? ['issuer'] : []),
  ]
  return names.length === 0 ? 'never' : names.join(' or ')
}

function rows(object: CardObject, application: CompiledLayout): readonly string[] {
  const { fid, kind, layout, conditions } = object
  const granted = OPERATIONS.filter((operation) => conditions.personalised[operation] !== 0)
  const cells = granted.map((operation) => [
    COMMAND[operation],
    ...LIFE_CYCLES.map((life) => proofs(conditions[life][operation], application)),
  ])
  return (cells.length === 0 ? [['select only', '', '', '']] : cells).map(
    (row, at) => `| ${(at === 0 ? [fidName(fid), kind, layout.title] : ['', '', '']).concat(row).join(' | ')} |`,
  )
}

function section(application: CompiledLayout): string {
  const { title, aid } = application.layout
  const head = ['EF', 'Kind', 'Content', 'Operation', ...LIFE_CYCLES.map((life) => LIFE[life])]
  return [
    `## ${title}`,
    `AID \`${aid}\``,
    [
      `| ${head.join(' | ')} |`,
      `|${'---|'.repeat(head.length)}`,
      ...application.objects.flatMap((object) => (object === undefined ? [] : rows(object, application))),
    ].join('\n'),
  ].join('\n\n')
}

export const accessRulesPage = (): string =>
  [
    '# Access rules of the chip',
    'Made from `applets-sim/applications/*.ts`, the table from which the chip makes its checks; do not edit. Any one of the proofs named is enough; what is not named is refused: 6982, or 6985 while the application is not in use. "Issuer" is the issuer\'s secure channel.',
    ...[cardManager, ...STANDARD_APPLICATIONS].map(({ compiled }) => section(compiled)),
    '',
  ].join('\n\n')
