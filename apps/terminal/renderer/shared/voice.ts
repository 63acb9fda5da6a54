/**
 * Spoken guidance: by the Web Speech API where the machine has a voice for the language, else by recordings (`recordings/`, decision
 * 0216), and by a chime in the place of what is in neither: who listens always hears that the screen has changed. One sound at a time;
 * a new announcement hushes the one before. Everything said is also on the screen.
 */
import type { Sentence } from './announce.ts'
import { chime } from './chime.ts'
import { recordingOf } from './recordings.ts'
import { LANGUAGES, type Language } from './words/words.ts'

/** Neither a voice nor a file takes so long to begin: what has not begun by then is not waited for. */
const PATIENCE_MS = 3000

let turn: AbortController | undefined

// A browser begins to load its voices when it is asked for them.
globalThis.speechSynthesis?.getVoices()

export function speak(sentences: readonly Sentence[], language: Language): void {
  void say(sentences, language, takeTurn())
}

/** The chime first: for somebody who has turned away. */
export function callOut(sentences: readonly Sentence[], language: Language): void {
  const hushed = takeTurn()
  void chime(hushed).then(() => say(sentences, language, hushed, true))
}

export function hush(): void {
  globalThis.speechSynthesis?.cancel()
  turn?.abort()
}

function takeTurn(): AbortSignal {
  hush()
  turn = new AbortController()
  return turn.signal
}

/** `chimed`: a chime was heard just now, and serves for the sentences that are missing after it. */
async function say(
  sentences: readonly Sentence[],
  language: Language,
  hushed: AbortSignal,
  chimed = false,
): Promise<void> {
  if (hushed.aborted || (await isSynthesised(sentences, language, hushed))) return
  for (const { id } of sentences) {
    const address = recordingOf(id, language)
    const played = address !== undefined && (await isPlayed(address, hushed))
    if (hushed.aborted) return
    if (!played && !chimed) await chime(hushed)
    chimed = !played
  }
}

/** Has a voice begun to say it? */
async function isSynthesised(
  sentences: readonly Sentence[],
  language: Language,
  hushed: AbortSignal,
): Promise<boolean> {
  const { speechSynthesis } = globalThis
  if (speechSynthesis === undefined) return false
  const { tag } = LANGUAGES[language]
  const voices = speechSynthesis.getVoices()
  const hasVoice = voices.some(({ lang }) => lang === tag || lang.startsWith(`${tag}-`))
  // A browser that names no voice may have one all the same; it is asked unless there is something better.
  const maySpeak = voices.length === 0 && sentences.every(({ id }) => recordingOf(id, language) === undefined)
  if (!hasVoice && !maySpeak) return false
  const utterance = new SpeechSynthesisUtterance(sentences.map(({ text }) => text).join(' '))
  utterance.lang = tag
  const begun = comes(utterance, 'start', withPatience(hushed))
  speechSynthesis.speak(utterance)
  if (await begun) return true
  if (!hushed.aborted) speechSynthesis.cancel()
  return false
}

/** Was it played to its end? */
async function isPlayed(address: string, hushed: AbortSignal): Promise<boolean> {
  const audio = new Audio(address)
  const ended = comes(audio, 'ended', hushed)
  const started = audio.play().then(
    () => true,
    // Not allowed, not there, or not what a browser can play.
    () => false,
  )
  const played = (await Promise.race([started, comes(audio, 'playing', withPatience(hushed))])) && (await ended)
  audio.pause()
  return played
}

const withPatience = (hushed: AbortSignal): AbortSignal => AbortSignal.any([hushed, AbortSignal.timeout(PATIENCE_MS)])

/** Does the event come before an error, and before the waiting is over? */
const comes = (target: EventTarget, event: string, over: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    target.addEventListener(event, () => resolve(true))
    target.addEventListener('error', () => resolve(false))
    over.addEventListener('abort', () => resolve(false))
  })
