/** The page's end of the channel to the desk. Everything that arrives is checked; a picture comes as bytes, in pieces. */
import { type Decision, type FacesScreen, facesScreenSchema, type Look, type Which } from '../../../faces/faces-api.ts'
import type { StaffLink } from '../counter/staff-link.ts'
import { openChannel } from '../shared/channel.ts'

/** A refusal means that the screen has moved on; the next one is already coming. */
export interface FacesLink extends Pick<StaffLink, 'answer' | 'signOut'> {
  decide(look: Look, decision: Decision): void
  /** Rejects when it is not to be looked at any more. The bytes are the caller's to zero. */
  picture(look: Look, which: Which): Promise<Uint8Array<ArrayBuffer>>
}

export interface FacesWatch {
  readonly onScreen: (screen: FacesScreen) => void
  readonly onLost: () => void
}

export function openFacesLink({ onScreen, onLost }: FacesWatch): FacesLink {
  const channel = openChannel('/faces', onLost)
  const send = (name: string, input: unknown, secret?: Uint8Array) =>
    void channel
      .call(name, input, secret)
      .catch(() => {})
      .finally(() => secret?.fill(0))
  channel.listen('screen', (value) => onScreen(facesScreenSchema.parse(value)))
  return {
    answer: ({ prompt }, answer, secret) => send('answer', { prompt, answer }, secret),
    signOut: () => send('signOut', {}),
    decide: ({ request }, decision) => send('decide', { request, decision }),
    async picture({ request, ...sizes }, which) {
      const whole = new Uint8Array(sizes[which])
      for (let from = 0; from < whole.length; ) {
        const piece = await channel.bytes('picture', { request, which, from })
        whole.set(piece, from)
        from += piece.length
        piece.fill(0)
      }
      return whole
    },
  }
}
