/** Finding a person (F58): reading and date of birth alone find nobody, and what is missing is said before anything is sent. */
import { useState } from 'react'
import type { StaffAnswers } from '../../../../../src/wire/staff-view.ts'
import { readDate } from '../dates.ts'
import { DateField, Field, MISSING, Missing, SexField } from '../fields.tsx'
import { useStaffWords } from '../words/staff-words.ts'
import { Act, Problem, type StaffScreenProps, Work } from './frame.tsx'

type Query = Exclude<StaffAnswers['search'], { back: true }>

export function Search({ view: { problem }, screen, host }: StaffScreenProps<'search'>) {
  const words = useStaffWords()
  const [kana, setKana] = useState('')
  const [written, setWritten] = useState('')
  const [sex, setSex] = useState<Query['sex']>()
  const [name, setName] = useState('')
  const [address, setAddress] = useState('')
  const birth = readDate(written)
  const more = {
    ...(sex === undefined ? {} : { sex }),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(address.trim() === '' ? {} : { address: address.trim() }),
  }
  const enough = Object.keys(more).length > 0
  const query: Query | undefined =
    kana.trim() === '' || birth === undefined || !enough ? undefined : { kana: kana.trim(), birth, ...more }
  return (
    <Work
      ownFocus
      title={words.show('staff.search.title')}
      leave={
        <Act look="leave" shortcut="Escape" onPress={() => host.answer<'search'>(screen, { back: true })}>
          {words.show('staff.back')}
        </Act>
      }
      actions={
        <>
          <Missing
            items={[
              kana.trim() === '' && words.show('staff.field.kana'),
              birth === undefined && words.show('staff.field.birth'),
              !enough && words.show('staff.missing.oneMore'),
            ]}
          />
          <Act
            look="primary"
            shortcut="Enter"
            describedBy={MISSING}
            isDisabled={query === undefined}
            onPress={() => query && host.answer<'search'>(screen, query)}
          >
            {words.show('staff.search.go')}
          </Act>
        </>
      }
    >
      {problem && <Problem>{words.show(`staff.search.${problem}`)}</Problem>}
      <p className="lead">{words.show('staff.search.how')}</p>
      <div className="fields">
        <Field autoFocus label={words.show('staff.field.kana')} value={kana} onChange={setKana} />
        <DateField label={words.show('staff.field.birth')} value={written} onChange={setWritten} />
      </div>
      <fieldset className="fields">
        <legend>{words.show('staff.search.more')}</legend>
        <Field label={words.show('staff.field.name')} value={name} onChange={setName} />
        <SexField value={sex} onChange={setSex} />
        <div className="whole">
          <Field label={words.show('staff.field.address')} value={address} onChange={setAddress} />
        </div>
      </fieldset>
    </Work>
  )
}
