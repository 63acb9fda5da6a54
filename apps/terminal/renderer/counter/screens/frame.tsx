/** What every staff screen is made of: a heading, its content, and a bar whose buttons show the keys that press them. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from 'react-aria-components'
import type { StaffScreen, StaffView } from '../../../../../src/wire/staff-view.ts'
import { Icon, type IconName } from '../../shared/icons.tsx'
import { ScrollArea } from '../../shared/scroll-area.tsx'
import { type Shortcut, useShortcut } from '../shortcuts.ts'
import type { StaffLink } from '../staff-link.ts'

export interface StaffScreenProps<K extends StaffView['kind']> {
  readonly view: Extract<StaffView, { kind: K }>
  readonly screen: StaffScreen
  readonly host: StaffLink
}

interface WorkProps {
  readonly title: ReactNode
  readonly alert?: boolean
  readonly children?: ReactNode
  /** At the beginning of the bar: back, or stop. */
  readonly leave?: ReactNode
  readonly actions?: ReactNode
  /** Something in it takes the focus itself. */
  readonly ownFocus?: boolean
  readonly layout?: 'narrow' | 'full'
}

export function Work({ title, alert, children, leave, actions, ownFocus, layout = 'narrow' }: WorkProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()
  // A new screen is a new place: whoever uses a keyboard starts at its heading, or where there is something to type.
  useEffect(() => {
    if (!ownFocus) heading.current?.focus({ preventScroll: true })
  }, [ownFocus])
  return (
    <main className="work">
      <ScrollArea className="scroll" labelledBy={id}>
        <div className={`sheet ${layout}`}>
          <h1 ref={heading} id={id} tabIndex={-1} className={alert ? 'alert' : undefined}>
            {alert && <Icon name="alert" />}
            {title}
          </h1>
          {children}
        </div>
      </ScrollArea>
      {(leave || actions) && (
        <div className="bar">
          {leave}
          <div className="actions">{actions}</div>
        </div>
      )}
    </main>
  )
}

interface ActProps {
  readonly children: ReactNode
  readonly shortcut?: Shortcut
  readonly onPress: () => void
  readonly look?: 'primary' | 'plain' | 'leave'
  readonly isDisabled?: boolean
  readonly autoFocus?: boolean
  readonly describedBy?: string
  readonly icon?: IconName
}

/** A button with its key on it. */
export function Act({
  children,
  shortcut,
  onPress,
  look = 'plain',
  isDisabled = false,
  autoFocus,
  describedBy,
  icon,
}: ActProps) {
  useShortcut(shortcut, isDisabled ? undefined : onPress)
  // The component library knows no aria-keyshortcuts and leaves it out.
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (shortcut !== undefined) button.current?.setAttribute('aria-keyshortcuts', shortcut)
  }, [shortcut])
  return (
    <Button
      ref={button}
      className={`button ${look}`}
      isDisabled={isDisabled}
      onPress={onPress}
      {...(autoFocus === undefined ? {} : { autoFocus })}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
    >
      {icon && <Icon name={icon} />}
      <span className="button-text">{children}</span>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is no target; aria-keyshortcuts says the key */}
      {shortcut && <kbd aria-hidden="true">{shortcut === 'Escape' ? 'Esc' : shortcut}</kbd>}
    </Button>
  )
}

/** Something that went wrong a moment ago. */
export function Problem({ children }: { readonly children: ReactNode }) {
  return (
    <p className="problem" role="alert">
      <Icon name="alert" />
      <span>{children}</span>
    </p>
  )
}
