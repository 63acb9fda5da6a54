/** The failure catalogue as a page for people: docs/failures.md. */
import { FAILURES, type FailureCode, type FailureWords, tellFailure } from './catalogue.ts'
import { ENGLISH } from './english.ts'
import { JAPANESE } from './japanese.ts'

const HEAD = `# Failures

Every failure a person is told of: code, what happened, is the card safe, what to do, whom to call. Made from
\`src/base/failures/\` by \`node test/library/write-failure-page.ts\`; a test compares them. "Again" says whether the same thing,
asked again, may succeed.
`

const section = (title: string, words: FailureWords, head: readonly string[]): string =>
  [
    `## ${title}\n`,
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...(Object.keys(FAILURES) as FailureCode[]).map((code) => row(code, words)),
  ].join('\n')

function row(code: FailureCode, words: FailureWords): string {
  const { happened, cardIsSafe, toDo, call } = tellFailure(code, words)
  return `| \`${code}\` | ${happened} | ${cardIsSafe} | ${toDo} ${call} | ${FAILURES[code].retriable ? '✓' : '–'} |`
}

export const failurePage = (): string =>
  [
    HEAD,
    section('English', ENGLISH, ['Code', 'What happened', 'Is the card safe', 'What to do', 'Again']),
    '',
    section('日本語', JAPANESE, ['コード', '何が起きたか', 'カードは無事か', 'どうすればよいか', '再試行']),
    '',
  ].join('\n')
