/** What is said to the cards, live: header, lengths, status word, and both in words. */
import { useContext } from 'react'
import { Button } from 'react-aria-components'
import type { SeenCommand } from '../../../browser-host/desk/desk-api.ts'
import { answerMeaning, meaningOf, wentWell } from './meaning.ts'
import { DeskLanguageContext, useDeskWords } from './words.ts'

interface CommandsProps {
  readonly commands: readonly SeenCommand[]
  readonly clear: () => void
}

export function Commands({ commands, clear }: CommandsProps) {
  const words = useDeskWords()
  const language = useContext(DeskLanguageContext)
  return (
    <section className="commands">
      <h2 id="commands">{words('commands')}</h2>
      <p className="how">{words('commandsHow')}</p>
      <Button className="button clear" isDisabled={commands.length === 0} onPress={clear}>
        {words('clear')}
      </Button>
      {commands.length === 0 ? (
        <p className="empty">{words('noCommands')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no wheel scrolls it by keyboard
        <section className="table" aria-labelledby="commands" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>{words('reader')}</th>
                <th>{words('command')}</th>
                <th>{words('meaning')}</th>
                <th>{words('length')}</th>
                <th>{words('answer')}</th>
                <th>{words('meaning')}</th>
              </tr>
            </thead>
            <tbody>
              {commands.map((command) => (
                <tr key={command.number} data-good={wentWell(command)}>
                  <td>{command.reader}</td>
                  <td className="code">{command.header.match(/../g)?.join(' ')}</td>
                  <td>{meaningOf(command, language)}</td>
                  <td className="code">
                    {command.commandLength}→{command.responseLength}
                  </td>
                  <td className="code">{command.sw ?? '–'}</td>
                  <td>{answerMeaning(command, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
