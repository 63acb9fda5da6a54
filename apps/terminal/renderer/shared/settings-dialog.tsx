/** 「見やすさ・ことば」: on every screen, for one person's turn. */
import { useId } from 'react'
import { Button, Dialog, DialogTrigger, Heading, Label, Modal, Radio, RadioGroup } from 'react-aria-components'
import { Icon } from './icons.tsx'
import { type Preferences, usePreferences, useWords } from './preferences.tsx'
import { ScrollArea } from './scroll-area.tsx'
import type { WordKey } from './words/japanese.ts'
import { LANGUAGES, type Language } from './words/words.ts'

/** `aids`: this face can speak, and be used with one button; the staff's has a keyboard and a screen reader of its own. */
export function SettingsDialog({ aids = true }: { readonly aids?: boolean }) {
  const words = useWords()
  const heading = useId()
  return (
    <DialogTrigger>
      <Button className="button settings-button">
        <Icon name="settings" />
        {words.show('settings.title')}
      </Button>
      <Modal className="modal">
        <Dialog className="dialog">
          {({ close }) => (
            <>
              <Heading slot="title" id={heading}>
                {words.show('settings.title')}
              </Heading>
              <ScrollArea className="settings" labelledBy={heading}>
                <Settings aids={aids} />
              </ScrollArea>
              <Button className="button primary close" onPress={close}>
                {words.show('close')}
              </Button>
            </>
          )}
        </Dialog>
      </Modal>
    </DialogTrigger>
  )
}

function Settings({ aids }: { readonly aids: boolean }) {
  const { preferences, change } = usePreferences()
  const words = useWords()
  const languages = Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, text: name }))
  const text = (key: WordKey) => words.show(key)
  const onOff = [
    { value: 'off', text: text('off') },
    { value: 'on', text: text('on') },
  ]
  return (
    <div className="settings-list">
      <Choice
        label="settings.language"
        value={preferences.language}
        choices={languages}
        onChange={(language) => change({ language: language as Language })}
      />
      <Choice
        label="settings.size"
        value={preferences.size}
        choices={(['normal', 'large', 'largest'] as const).map((value) => ({
          value,
          text: text(`settings.size.${value}`),
        }))}
        onChange={(size) => change({ size: size as Preferences['size'] })}
      />
      <Choice
        label="settings.contrast"
        value={preferences.contrast ? 'on' : 'off'}
        choices={onOff}
        onChange={(value) => change({ contrast: value === 'on' })}
      />
      {aids &&
        (['speech', 'scanning'] as const).map((aid) => (
          <Choice
            key={aid}
            label={`settings.${aid}`}
            value={preferences[aid] ? 'on' : 'off'}
            choices={onOff}
            onChange={(value) => change({ [aid]: value === 'on' })}
          />
        ))}
    </div>
  )
}

interface ChoiceProps {
  readonly label: WordKey
  readonly value: string
  readonly choices: readonly { readonly value: string; readonly text: React.ReactNode }[]
  readonly onChange: (value: string) => void
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  const words = useWords()
  return (
    <RadioGroup className="setting" value={value} onChange={onChange} orientation="horizontal">
      <Label className="setting-name">{words.show(label)}</Label>
      <div className="setting-options">
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} className="button radio">
            {choice.text}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
