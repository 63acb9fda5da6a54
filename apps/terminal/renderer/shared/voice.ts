/**
 * Spoken guidance: by the Web Speech API where the machine has a voice for the language, else by recordings where some were made
 * (`recordings/`, decision 0216). Everything said is also on the screen.
 */
import type { Sentence } from './announce.ts'
import { recordingOf } from './recordings.ts'
import { LANGUAGES, type Language } from './words/words.ts'

let playing: AbortController | undefined

export function speak(sentences: readonly Sentence[], language: Language): void {
  hush()
  const { tag } = LANGUAGES[language]
  const recorded = sentences.flatMap(({ id }) => recordingOf(id, language) ?? [])
  // A machine without voices may still be loading them; it is asked all the same unless there is something better.
  if (hasVoice(tag) || recorded.length === 0) synthesise(sentences.map(({ text }) => text).join(' '), tag)
  else void play(recorded)
}

export function hush(): void {
  globalThis.speechSynthesis?.cancel()
  playing?.abort()
}

const hasVoice = (tag: string): boolean =>
  globalThis.speechSynthesis?.getVoices().some(({ lang }) => lang === tag || lang.startsWith(`${tag}-`)) ?? false

function synthesise(text: string, tag: string): void {
  if (globalThis.speechSynthesis === undefined) return
  const utterance = new SpeechSynthesisUtterance(text)
  utterance.lang = tag
  speechSynthesis.speak(utterance)
}

/** One after the other. A machine without sound stays silent. */
async function play(addresses: readonly string[]): Promise<void> {
  const stop = new AbortController()
  playing = stop
  for (const address of addresses) {
    if (stop.signal.aborted) return
    const audio = new Audio(address)
    const ended = new Promise<void>((resolve) => {
      for (const event of ['ended', 'error'] as const) audio.addEventListener(event, () => resolve())
      stop.signal.addEventListener('abort', () => {
        audio.pause()
        resolve()
      })
    })
    await audio.play().then(
      () => ended,
      () => {},
    )
  }
}
