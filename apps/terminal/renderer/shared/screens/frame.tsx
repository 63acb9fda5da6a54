/** What every screen is made of: a heading that says what to do now, its content, and the way out. */
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import type { Screen, View } from '../../../../../src/wire/view.ts'
import type { HostLink } from '../host-link.ts'
import { useWords } from '../preferences.tsx'

export interface ScreenProps<K extends View['kind']> {
  readonly view: Extract<View, { kind: K }>
  readonly screen: Screen
  readonly host: HostLink
}

interface PanelProps {
  readonly title: ReactNode
  readonly children?: ReactNode
  /** Shows the way out: the person may stop here. */
  readonly onCancel?: () => void
}

export function Panel({ title, children, onCancel }: PanelProps) {
  const words = useWords()
  return (
    <main className="panel">
      <h1>{title}</h1>
      {children}
      {onCancel && (
        <Button className="button cancel" onPress={onCancel}>
          {words.show('cancel')}
        </Button>
      )}
    </main>
  )
}
