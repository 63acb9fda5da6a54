/** The sound for a card that was left behind, and for somebody who waits: three rising tones, made here, so that it needs no file and no voice. */

const TONES_HZ = [880, 1109, 1319]
const TONE_SECONDS = 0.22

/** Silent where the machine has no sound. */
export function chime(): void {
  const { AudioContext } = globalThis
  if (AudioContext === undefined) return
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
    if (i === TONES_HZ.length - 1) tone.addEventListener('ended', () => void context.close())
  })
}
