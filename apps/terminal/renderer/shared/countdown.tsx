/** The time left, shown when it gets short (WCAG 2.2.1): an idle person sees it coming. */
import { useEffect, useState } from 'react'
import { useWords } from './preferences.tsx'

const SHORT_SECONDS = 20

function useSecondsLeft(seconds: number): number {
  const [left, setLeft] = useState(seconds)
  useEffect(() => {
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000)
    return () => clearInterval(timer)
  }, [])
  return left
}

export function Countdown({ seconds }: { readonly seconds: number }) {
  const left = useSecondsLeft(seconds)
  const words = useWords()
  return left <= SHORT_SECONDS ? (
    <p className="countdown" role="timer">
      {words.show('secondsLeft', { seconds: left })}
    </p>
  ) : null
}

/** From the beginning: a PIN prompt that vanishes unannounced is what people complain of. */
export function TimeLeft({ seconds }: { readonly seconds: number }) {
  const left = useSecondsLeft(seconds)
  const words = useWords()
  return (
    <p className="time-left" role="timer" data-short={left <= SHORT_SECONDS}>
      {words.show('secondsLeft', { seconds: left })}
    </p>
  )
}
