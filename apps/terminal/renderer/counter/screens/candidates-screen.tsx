/**
 * Candidates of a search (F58). The program picks nobody, not even a single one, and does not say whether what is typed is right:
 * what stands in the papers is typed as it stands there, and the backend compares.
 */
import { useState } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import type { Candidate } from '../../../../../src/wire/staff-view.ts'
import { usePreferences } from '../../shared/preferences.tsx'
import { readDate, tellDate } from '../dates.ts'
import { DateField, Field, MISSING, Missing, SexField } from '../fields.tsx'
import { useStaffWords } from '../words/staff-words.ts'
import { Act, Problem, type StaffScreenProps, Work } from './frame.tsx'

export function Candidates({ view, screen, host }: StaffScreenProps<'candidates'>) {
  const words = useStaffWords()
  const { who, secondLook, problem, candidates } = view
  const [holder, setHolder] = useState<string>()
  const [name, setName] = useState('')
  const [written, setWritten] = useState('')
  const [sex, setSex] = useState<Candidate['sex']>()
  const [address, setAddress] = useState('')
  const birth = readDate(written)
  const typed = { name: name.trim(), address: address.trim() }
  const whole = typed.name !== '' && birth !== undefined && sex !== undefined && typed.address !== ''
  const answer = holder === undefined || !whole ? undefined : { holder, compared: { ...typed, birth, sex } }
  return (
    <Work
      ownFocus
      layout="full"
      title={words.show(who === 'operator' ? 'staff.candidates.title' : 'staff.candidates.second')}
      leave={
        <Act look="leave" shortcut="Escape" onPress={() => host.answer<'candidates'>(screen, { back: true })}>
          {words.show('staff.back')}
        </Act>
      }
      actions={
        <>
          <Missing
            items={[
              holder === undefined && words.show('staff.missing.candidate'),
              typed.name === '' && words.show('staff.field.name'),
              birth === undefined && words.show('staff.field.birth'),
              sex === undefined && words.show('staff.field.sex'),
              typed.address === '' && words.show('staff.field.address'),
            ]}
          />
          <Act
            look="primary"
            shortcut="Enter"
            describedBy={MISSING}
            isDisabled={answer === undefined}
            onPress={() => answer && host.answer<'candidates'>(screen, answer)}
          >
            {words.show('staff.candidates.go')}
          </Act>
        </>
      }
    >
      {problem && <Problem>{words.show('staff.candidates.mismatch')}</Problem>}
      {secondLook && <p className="lead">{words.show('staff.candidates.twoLooks')}</p>}
      <div className="compare">
        <RadioGroup className="field people" value={holder ?? null} onChange={setHolder}>
          <Label>{words.show('staff.candidates.list')}</Label>
          {candidates.map((candidate, i) => (
            <Radio key={candidate.id} value={candidate.id} className="option someone" autoFocus={i === 0}>
              <span className="tick" aria-hidden="true" />
              <Someone candidate={candidate} />
            </Radio>
          ))}
        </RadioGroup>
        <fieldset className="papers">
          <legend>{words.show('staff.candidates.papers')}</legend>
          <p className="hint">{words.show('staff.candidates.how')}</p>
          <Field label={words.show('staff.field.name')} value={name} onChange={setName} />
          <DateField label={words.show('staff.field.birth')} value={written} onChange={setWritten} />
          <SexField value={sex} onChange={setSex} />
          <Field label={words.show('staff.field.address')} value={address} onChange={setAddress} />
        </fieldset>
      </div>
    </Work>
  )
}

function Someone({ candidate }: { readonly candidate: Candidate }) {
  const words = useStaffWords()
  const { language } = usePreferences().preferences
  const { name, kana, birth, sex, address, municipality } = candidate
  return (
    <span className="attributes">
      <span className="attribute-name">{words.show('staff.field.name')}</span>
      <span>
        <b>{name}</b> <small>{kana}</small>
      </span>
      <span className="attribute-name">{words.show('staff.field.birth')}</span>
      <span>{tellDate(birth, language)}</span>
      <span className="attribute-name">{words.show('staff.field.sex')}</span>
      <span>{words.show(`staff.sex.${sex}`)}</span>
      <span className="attribute-name">{words.show('staff.field.address')}</span>
      <span>{address}</span>
      <span className="attribute-name">{words.show('staff.field.municipality')}</span>
      <span>{municipality}</span>
    </span>
  )
}
