/** The renderer's end of the channel to the hall. Everything that arrives is checked; answers go back with their prompt's id. */
import { type Place, placeSchema } from '../../../../src/wire/host-api.ts'
import {
  type Answers,
  type ProcedureName,
  type QuestionKind,
  type Screen,
  screenSchema,
} from '../../../../src/wire/view.ts'
import { openChannel } from './channel.ts'

/** What the person does, on its way to the hall. A refusal means that the screen has moved on; the next one is already coming. */
export interface HostLink {
  start(procedure: ProcedureName): void
  cancel(): void
  /** A receipt of what is on the screen now, where the place prints any. */
  print(screen: Screen): void
  answer<K extends QuestionKind>(screen: Screen, answer: Answers[K], secret?: Uint8Array): void
}

export interface HostWatch {
  readonly onScreen: (screen: Screen) => void
  readonly onPlace: (place: Place) => void
  readonly onLost: () => void
}

export function openHostLink(path: string, { onScreen, onPlace, onLost }: HostWatch): HostLink {
  const channel = openChannel(path, onLost)
  const send = (name: string, input: unknown, secret?: Uint8Array) =>
    void channel
      .call(name, input, secret)
      .catch(() => {})
      .finally(() => secret?.fill(0))
  channel.listen('screen', (value) => onScreen(screenSchema.parse(value)))
  // A hall that says nothing about its place has a telephone's keypad and no printer.
  channel.call('place', {}).then(
    (value) => onPlace(placeSchema.parse(value)),
    () => {},
  )
  return {
    start: (procedure) => send('start', { procedure }),
    cancel: () => send('cancel', {}),
    print: ({ prompt }) => send('print', { prompt }),
    answer: ({ prompt }, answer, secret) => send('answer', { prompt, answer }, secret),
  }
}
