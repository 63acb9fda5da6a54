/**
 * What may be more than there is room for: it fades out where something is left, with an arrow; and once it scrolls it is a region that
 * the keyboard reaches, with the name of the heading in it.
 */
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'

interface Rest {
  readonly above: boolean
  readonly below: boolean
}

interface ScrollAreaProps {
  readonly className: string
  /** The id of what names it. */
  readonly labelledBy: string
  readonly children: ReactNode
}

export function ScrollArea({ className, labelledBy, children }: ScrollAreaProps) {
  const area = useRef<HTMLDivElement>(null)
  const { above, below } = useRest(area)
  const region = above || below ? { role: 'region', tabIndex: 0, 'aria-labelledby': labelledBy } : {}
  return (
    <div className={`${className} scroll-area`} data-above={above} data-below={below}>
      <div ref={area} className="scroller" {...region}>
        {children}
      </div>
    </div>
  )
}

/** Less than this is a rounding, not a rest. */
const ROUNDING_PX = 2

function useRest(area: RefObject<HTMLElement | null>): Rest {
  const [rest, setRest] = useState<Rest>({ above: false, below: false })
  useEffect(() => {
    const element = area.current
    if (element === null) return
    const look = () => {
      const { scrollTop, scrollHeight, clientHeight } = element
      const above = scrollTop > ROUNDING_PX
      const below = scrollHeight - clientHeight - scrollTop > ROUNDING_PX
      setRest((was) => (was.above === above && was.below === below ? was : { above, below }))
    }
    look()
    const sizes = new ResizeObserver(look)
    for (const one of [element, ...element.children]) sizes.observe(one)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [area])
  return rest
}
