/** Furigana in a text: 漢字《かんじ》 as ruby on the screen, and as the reading where it is spoken. */
const READING = /([\p{Script=Han}々]+)《([^》]+)》/u

export type Piece = { readonly text: string; readonly reading?: string }

export function pieces(text: string): readonly Piece[] {
  const out: Piece[] = []
  const parts = text.split(new RegExp(READING.source, 'gu'))
  for (let i = 0; i < parts.length; i += 3) {
    if (parts[i]) out.push({ text: parts[i] as string })
    const [written, reading] = [parts[i + 1], parts[i + 2]]
    if (written !== undefined && reading !== undefined) out.push({ text: written, reading })
  }
  return out
}

/** What a voice says, and what a screen reader is given. */
export const spoken = (text: string): string =>
  pieces(text)
    .map((piece) => piece.reading ?? piece.text)
    .join('')
