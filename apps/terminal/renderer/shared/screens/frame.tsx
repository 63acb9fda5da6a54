/** What every screen is made of: a heading that says what to do now, its content, and a bar with the ways to go on. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from 'react-aria-components'
import type { Place } from '../../../../../src/wire/host-api.ts'
import type { Screen, View } from '../../../../../src/wire/view.ts'
import type { ReaderAt } from '../announce.ts'
import type { HostLink } from '../host-link.ts'
import { Icon, type IconName } from '../icons.tsx'
import { useWords } from '../preferences.tsx'
import { ScrollArea } from '../scroll-area.tsx'

export interface ScreenProps<K extends View['kind']> {
  readonly view: Extract<View, { kind: K }>
  readonly screen: Screen
  readonly host: HostLink
  /** What the operator decided about this place; not there while the hall has not said it. */
  readonly place?: Place | undefined
  readonly at: ReaderAt
}

interface PanelProps {
  readonly title: ReactNode
  /** What the heading is about, above it. */
  readonly about?: ReactNode
  /** The heading tells of something that went wrong. */
  readonly alert?: boolean
  readonly children?: ReactNode
  /** Keys: beside what is asked where there is room, and never scrolled away; what is asked scrolls on its own. */
  readonly keys?: ReactNode
  /** At the end of the bar. */
  readonly actions?: ReactNode
  /** At the beginning of the bar: the person may stop here. */
  readonly onCancel?: () => void
}

export function Panel({ title, about, alert = false, children, keys, actions, onCancel }: PanelProps) {
  const words = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()
  // A new screen is a new place: whoever uses a keyboard starts at its heading.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const asked = (
    <>
      <h1 ref={heading} id={id} tabIndex={-1} className={alert ? 'alert' : undefined}>
        {about && <span className="about">{about}</span>}
        {alert && <Icon name="alert" />}
        <span>{title}</span>
      </h1>
      {children}
    </>
  )
  return (
    <main className="screen">
      {keys === undefined ? (
        <ScrollArea className="scroll" labelledBy={id}>
          <div className="panel">{asked}</div>
        </ScrollArea>
      ) : (
        <div className="wide">
          <ScrollArea className="asked" labelledBy={id}>
            <div className="asked-words">{asked}</div>
          </ScrollArea>
          {keys}
        </div>
      )}
      {(actions || onCancel) && (
        <div className="bar">
          {onCancel && (
            <Button className="button cancel" onPress={onCancel}>
              <Icon name="cancel" />
              {words.show('cancel')}
            </Button>
          )}
          {actions && <div className="actions">{actions}</div>}
        </div>
      )}
    </main>
  )
}

/** A large picture for a screen of few words. */
export function Sign({ icon }: { readonly icon: IconName }) {
  return (
    <div className="mark" data-icon={icon}>
      <Icon name={icon} />
    </div>
  )
}
