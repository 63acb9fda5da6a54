/** The time left, shown when it gets short (WCAG 2.2.1): an idle person sees it coming. */
import { useEffect, useState } from 'react'
import { useWords } from './preferences.tsx'

const SHORT_SECONDS = 20

export function Countdown({ seconds }: { readonly seconds: number }) {
  const [left, setLeft] = useState(seconds)
  const words = useWords()
  useEffect(() => {
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000)
    return () => clearInterval(timer)
  }, [])
  return left <= SHORT_SECONDS ? (
    <p className="countdown" role="timer">
      {words.show('secondsLeft', { seconds: left })}
    </p>
  ) : null
}
