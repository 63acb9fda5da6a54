/** The desk: cards, the readers they lie on, and what is said to them. */
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { Mark } from '../shared/mark.tsx'
import { Cards } from './cards.tsx'
import { Commands } from './commands.tsx'
import { useDeskLink } from './desk-link.ts'
import { Readers } from './readers.tsx'
import { DESK_WORDS, type DeskLanguage, DeskLanguageContext } from './words.ts'

export function Desk() {
  const [language, setLanguage] = useState<DeskLanguage>(navigator.language.startsWith('ja') ? 'ja' : 'en')
  const words = DESK_WORDS[language]
  const { state, commands, lost, call, clear } = useDeskLink()
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return (
    <DeskLanguageContext value={language}>
      <header>
        <h1>
          <Mark />
          {words.title}
        </h1>
        <p className="simulated">{words.simulated}</p>
        {state?.pages.map((page) => (
          <a key={page} href={`/${page}/`} target={page}>
            {words[page]}
          </a>
        ))}
        <Button className="button" onPress={() => setLanguage(language === 'ja' ? 'en' : 'ja')}>
          <span lang={language === 'ja' ? 'en' : 'ja'}>{words.other}</span>
        </Button>
      </header>
      <main>
        {lost && (
          <p className="lost" role="alert">
            {words.lost}
          </p>
        )}
        {state && (
          <>
            <Cards state={state} />
            <Readers state={state} call={call} />
          </>
        )}
        <Commands commands={commands} clear={clear} />
      </main>
    </DeskLanguageContext>
  )
}
