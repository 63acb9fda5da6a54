/** Both pictures side by side, and what can be decided. */
import { type UIEvent, useEffect, useRef, useState } from 'react'
import type { Decision, Look, Which } from '../../../faces/faces-api.ts'
import { OneOf } from '../counter/fields.tsx'
import { Act, Problem, Work } from '../counter/screens/frame.tsx'
import { TimeLeft } from '../shared/countdown.tsx'
import type { FacesLink } from './faces-link.ts'
import { Picture } from './picture.tsx'
import { useFacesWords } from './words/faces-words.ts'

const ZOOMS = ['1', '2', '3'] as const
const DECISIONS = [
  ['same', 'F1', 'good'],
  ['different', 'F2', 'cancel'],
  ['unclear', 'F3', 'help'],
] as const

interface LookProps {
  readonly look: Look
  readonly others: number
  readonly host: FacesLink
  readonly onDecided: (decision: Decision) => void
}

export function LookScreen({ look, others, host, onDecided }: LookProps) {
  const words = useFacesWords()
  const [zoom, setZoom] = useState<(typeof ZOOMS)[number]>('1')
  const [drawn, setDrawn] = useState<Readonly<Partial<Record<Which, boolean>>>>({})
  const photoFrame = useRef<HTMLElement>(null)
  const frames = { photo: photoFrame, live: useRef<HTMLElement>(null) }
  const bothSeen = drawn.photo === true && drawn.live === true
  const broken = drawn.photo === false || drawn.live === false

  // Closer means closer to the middle, a little above it: where eyes and nose are.
  useEffect(() => {
    const frame = photoFrame.current
    if (zoom !== '1')
      frame?.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, (frame.scrollHeight - frame.clientHeight) * 0.4)
  }, [zoom])

  /** Where one is looked at, the other is looked at too. */
  const together = (other: Which) => (event: UIEvent<HTMLElement>) => {
    const { scrollLeft, scrollTop } = event.currentTarget
    const frame = frames[other].current
    if (frame !== null && (frame.scrollLeft !== scrollLeft || frame.scrollTop !== scrollTop))
      frame.scrollTo(scrollLeft, scrollTop)
  }
  const picture = (which: Which, other: Which) => (
    <Picture
      caption={words.show(`faces.${which}`)}
      name={words.speak(`faces.${which}`)}
      load={() => host.picture(look, which)}
      zoom={Number(zoom)}
      onDrawn={(is) => setDrawn((now) => ({ ...now, [which]: is }))}
      frame={frames[which]}
      onScroll={together(other)}
    />
  )
  return (
    <Work
      layout="full"
      title={words.show('faces.look.title')}
      leave={
        <p className="lead" id="waiting">
          {bothSeen || broken
            ? others > 0 && words.show('faces.others', { count: others })
            : words.show('faces.loading')}
        </p>
      }
      actions={DECISIONS.map(([decision, shortcut, icon]) => (
        <Act
          key={decision}
          shortcut={shortcut}
          icon={icon}
          // Nobody decides on a picture that is not there.
          describedBy={broken ? 'broken' : 'waiting'}
          isDisabled={decision !== 'unclear' && !bothSeen}
          onPress={() => {
            onDecided(decision)
            host.decide(look, decision)
          }}
        >
          {words.show(`faces.${decision}`)}
        </Act>
      ))}
    >
      {broken && (
        <div id="broken">
          <Problem>{words.show('faces.broken')}</Problem>
        </div>
      )}
      <div className="look">
        {picture('photo', 'live')}
        {picture('live', 'photo')}
        <aside className="look-side" aria-label={words.speak('faces.look.guide')}>
          <TimeLeft seconds={look.secondsLeft} />
          <ul className="look-guide">
            <li>{words.show('faces.look.how')}</li>
            <li>{words.show('faces.look.not')}</li>
            <li>{words.show('faces.look.doubt')}</li>
          </ul>
          <OneOf
            label={words.show('faces.zoom')}
            value={zoom}
            choices={ZOOMS.map((value) => ({ value, text: words.show('faces.zoom.of', { times: value }) }))}
            onChange={setZoom}
          />
        </aside>
      </div>
    </Work>
  )
}
