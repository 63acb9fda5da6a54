/** Spoken guidance by the Web Speech API. Where the machine has no voice it stays silent; everything said is also on the screen. */

export function speakNow(text: string, language: string): void {
  const { speechSynthesis } = globalThis
  if (speechSynthesis === undefined) return
  speechSynthesis.cancel()
  const utterance = new SpeechSynthesisUtterance(text)
  utterance.lang = language
  speechSynthesis.speak(utterance)
}

export const hush = (): void => globalThis.speechSynthesis?.cancel()
