/** What staff type and tick. Personal data: nothing here is remembered by the browser, and all of it goes with the screen it is on. */
import type { ReactNode } from 'react'
import {
  Checkbox,
  CheckboxGroup,
  FieldError,
  Input,
  Label,
  Radio,
  RadioGroup,
  Text,
  TextField,
} from 'react-aria-components'
import type { StaffAnswers } from '../../../../src/wire/staff-view.ts'
import { usePreferences } from '../shared/preferences.tsx'
import { readDate, tellDate } from './dates.ts'
import { useStaffWords } from './words/staff-words.ts'

interface FieldProps {
  readonly label: ReactNode
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoFocus?: boolean
  readonly hint?: ReactNode
  /** What is wrong with what was typed. */
  readonly error?: ReactNode
}

export function Field({ label, value, onChange, autoFocus = false, hint, error }: FieldProps) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      autoFocus={autoFocus}
      autoComplete="off"
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      <Input spellCheck="false" />
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  )
}

/** A date in any of the ways people write it; how it was read stands under it. */
export function DateField({ label, value, onChange }: Omit<FieldProps, 'hint' | 'error'>) {
  const words = useStaffWords()
  const { language } = usePreferences().preferences
  const date = readDate(value)
  const wrong = date === undefined && value.length >= 8
  return (
    <Field
      label={label}
      value={value}
      onChange={onChange}
      hint={date === undefined ? words.show('staff.field.birth.how') : tellDate(date, language)}
      {...(wrong ? { error: words.show('staff.field.birth.wrong') } : {})}
    />
  )
}

interface ChoiceProps<T extends string> {
  readonly label: ReactNode
  readonly value: T | undefined
  readonly choices: readonly { readonly value: T; readonly text: ReactNode }[]
  readonly onChange: (value: T) => void
  readonly autoFocus?: boolean
}

export function OneOf<T extends string>({ label, value, choices, onChange, autoFocus = false }: ChoiceProps<T>) {
  return (
    <RadioGroup
      className="field one-of"
      value={value ?? null}
      onChange={(next) => onChange(next as T)}
      orientation="horizontal"
    >
      <Label>{label}</Label>
      <div className="options">
        {choices.map((choice, i) => (
          <Radio key={choice.value} value={choice.value} className="option" autoFocus={autoFocus && i === 0}>
            <span className="tick" aria-hidden="true" />
            {choice.text}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}

interface SeveralProps<T extends string> {
  readonly label: ReactNode
  readonly value: readonly T[]
  readonly most: number
  readonly choices: readonly { readonly value: T; readonly text: ReactNode }[]
  readonly onChange: (value: T[]) => void
  readonly autoFocus?: boolean
}

export function Several<T extends string>({
  label,
  value,
  most,
  choices,
  onChange,
  autoFocus = false,
}: SeveralProps<T>) {
  return (
    <CheckboxGroup className="field several" value={[...value]} onChange={(next) => onChange(next as T[])}>
      <Label>{label}</Label>
      <div className="options">
        {choices.map((choice, i) => (
          <Checkbox
            key={choice.value}
            value={choice.value}
            className="option"
            autoFocus={autoFocus && i === 0}
            isDisabled={value.length >= most && !value.includes(choice.value)}
          >
            <span className="tick" aria-hidden="true" />
            {choice.text}
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  )
}

type Sex = NonNullable<StaffAnswers['search'] extends infer A ? (A extends { sex?: infer S } ? S : never) : never>

export function SexField({
  value,
  onChange,
}: {
  readonly value: Sex | undefined
  readonly onChange: (sex: Sex) => void
}) {
  const words = useStaffWords()
  const choices = (['1', '2', '9'] as const).map((sex) => ({ value: sex, text: words.show(`staff.sex.${sex}`) }))
  return <OneOf label={words.show('staff.field.sex')} value={value} choices={choices} onChange={onChange} />
}

/** Of what says why something cannot be sent yet. */
export const MISSING = 'missing'

/** What is still needed before this can be sent: said before, not after. */
export function Missing({ items }: { readonly items: readonly (ReactNode | false)[] }) {
  const words = useStaffWords()
  const open = items.filter(Boolean)
  return (
    <p className="missing" id={MISSING} role="status">
      {open.length > 0 && (
        <>
          {words.show('staff.missing')}:{' '}
          {open.map((item, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: said in order, nothing else
            <span key={i} className="missing-item">
              {item}
            </span>
          ))}
        </>
      )}
    </p>
  )
}
