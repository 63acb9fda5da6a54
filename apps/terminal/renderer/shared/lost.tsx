/** The hall is gone: said in words that need no technician. */
import { useWords } from './preferences.tsx'

export function Lost() {
  const words = useWords()
  return (
    <main className="screen lost">
      <h1 role="alert">{words.show('connection.lost')}</h1>
    </main>
  )
}
