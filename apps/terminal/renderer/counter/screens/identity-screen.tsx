/** Who stands at the counter: the papers that were seen, the face, and a representative with papers of their own (F05). */
import { useState } from 'react'
import type { StaffAnswers } from '../../../../../src/wire/staff-view.ts'
import { MISSING, Missing, OneOf, Several } from '../fields.tsx'
import { useStaffWords } from '../words/staff-words.ts'
import { Act, Problem, type StaffScreenProps, Work } from './frame.tsx'

type Check = Exclude<StaffAnswers['checkIdentity'], { back: true }>
type Paper = Check['documents'][number]
type Relation = NonNullable<Check['proxy']>['relation']

const PAPERS = [
  'myNumberCard',
  'drivingLicence',
  'passport',
  'residenceCard',
  'healthInsurance',
  'pensionBook',
  'noticeOfIssue',
  'other',
] as const satisfies readonly Paper[]
const MOST_PAPERS = 4

export function CheckIdentity({ view: { purpose, problem }, screen, host }: StaffScreenProps<'checkIdentity'>) {
  const words = useStaffWords()
  const [documents, setDocuments] = useState<Paper[]>([])
  const [face, setFace] = useState<Check['face']>()
  const [relation, setRelation] = useState<Relation | 'none'>('none')
  const [proxyDocuments, setProxyDocuments] = useState<Paper[]>([])
  const papers = PAPERS.map((value) => ({ value, text: words.show(`staff.document.${value}`) }))
  const proxyIsWhole = relation === 'none' || proxyDocuments.length > 0
  // Somebody came: with a face that was looked at, or as a representative.
  const somebody = face !== 'notCompared' || relation !== 'none'
  const check: Check | undefined =
    documents.length === 0 || face === undefined || !proxyIsWhole || !somebody
      ? undefined
      : { documents, face, ...(relation === 'none' ? {} : { proxy: { relation, documents: proxyDocuments } }) }
  return (
    <Work
      ownFocus
      title={words.show(`staff.identity.${purpose}`)}
      leave={
        <Act look="leave" shortcut="Escape" onPress={() => host.answer<'checkIdentity'>(screen, { back: true })}>
          {words.show('staff.back')}
        </Act>
      }
      actions={
        <>
          <Missing
            items={[
              documents.length === 0 && words.show('staff.missing.documents'),
              face === undefined && words.show('staff.missing.face'),
              face !== undefined && !somebody && words.show('staff.missing.somebody'),
              !proxyIsWhole && words.show('staff.missing.proxyDocuments'),
            ]}
          />
          <Act
            look="primary"
            shortcut="Enter"
            describedBy={MISSING}
            isDisabled={check === undefined}
            onPress={() => check && host.answer<'checkIdentity'>(screen, check)}
          >
            {words.show('staff.identity.go')}
          </Act>
        </>
      }
    >
      {problem && <Problem>{words.show(`staff.identity.${problem}`)}</Problem>}
      <div className="stack">
        <OneOf
          autoFocus
          label={words.show('staff.identity.proxy')}
          value={relation}
          choices={(['none', 'legalRepresentative', 'mandated', 'guardian'] as const).map((value) => ({
            value,
            text: words.show(`staff.identity.proxy.${value}`),
          }))}
          onChange={setRelation}
        />
        <Several
          label={words.show('staff.identity.documents')}
          value={documents}
          most={MOST_PAPERS}
          choices={papers}
          onChange={setDocuments}
        />
        {relation !== 'none' && (
          <Several
            label={words.show('staff.identity.proxyDocuments')}
            value={proxyDocuments}
            most={MOST_PAPERS}
            choices={papers}
            onChange={setProxyDocuments}
          />
        )}
        <OneOf
          label={words.show('staff.identity.face')}
          value={face}
          choices={(['matched', 'different', 'notCompared'] as const).map((value) => ({
            value,
            text: words.show(`staff.identity.face.${value}`),
          }))}
          onChange={setFace}
        />
      </div>
    </Work>
  )
}
