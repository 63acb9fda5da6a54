/**
 * Three rising tones, made here, so that they need no file and no voice: for a card that was left behind, for somebody who waits, and in
 * the place of a sentence that was not recorded.
 */

const TONES_HZ = [880, 1109, 1319]
const TONE_SECONDS = 0.22
/** With a moment more, so that the last tone is not cut where the sound begins late. */
const CHIME_MS = (TONES_HZ.length * TONE_SECONDS + 0.15) * 1000

/** Resolves when it is over or hushed, also where the machine has no sound or the browser allows none. */
export async function chime(hushed?: AbortSignal): Promise<void> {
  const { AudioContext } = globalThis
  if (AudioContext === undefined || hushed?.aborted) return
  const context = new AudioContext()
  TONES_HZ.forEach((frequency, i) => {
    const begin = context.currentTime + i * TONE_SECONDS
    const tone = new OscillatorNode(context, { type: 'triangle', frequency })
    const volume = new GainNode(context, { gain: 0 })
    volume.gain.setValueAtTime(0, begin)
    volume.gain.linearRampToValueAtTime(0.5, begin + 0.02)
    volume.gain.linearRampToValueAtTime(0, begin + TONE_SECONDS)
    tone.connect(volume).connect(context.destination)
    tone.start(begin)
    tone.stop(begin + TONE_SECONDS)
  })
  // By the clock: a context that may not sound never comes to the end of a tone.
  const over = [AbortSignal.timeout(CHIME_MS), ...(hushed === undefined ? [] : [hushed])]
  await new Promise((resolve) => AbortSignal.any(over).addEventListener('abort', resolve))
  await context.close()
}
