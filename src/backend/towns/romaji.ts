/** Hepburn romanisation of readings in hiragana, without long-vowel marks, as names in certificates need it: unique and stable. */

const ROWS: Readonly<Record<string, string>> = {
  あいうえお: 'a i u e o',
  かきくけこ: 'ka ki ku ke ko',
  がぎぐげご: 'ga gi gu ge go',
  さしすせそ: 'sa shi su se so',
  ざじずぜぞ: 'za ji zu ze zo',
  たちつてと: 'ta chi tsu te to',
  だぢづでど: 'da ji zu de do',
  なにぬねの: 'na ni nu ne no',
  はひふへほ: 'ha hi fu he ho',
  ばびぶべぼ: 'ba bi bu be bo',
  ぱぴぷぺぽ: 'pa pi pu pe po',
  まみむめも: 'ma mi mu me mo',
  やゆよ: 'ya yu yo',
  らりるれろ: 'ra ri ru re ro',
  わをん: 'wa o n',
}

const SOUNDS = new Map<string, string>()
for (const [kana, sounds] of Object.entries(ROWS))
  for (const [i, sound] of sounds.split(' ').entries()) SOUNDS.set(kana[i] as string, sound)

const GLIDES: Readonly<Record<string, string>> = { ゃ: 'a', ゅ: 'u', ょ: 'o' }

/** きよせ → `kiyose`, さっぽろ → `sapporo`, にしとうきょう → `nishitokyo`. Throws RangeError on anything but hiragana. */
export function romaji(kana: string): string {
  let out = ''
  let doubled = false
  for (const letter of kana) {
    const glide = GLIDES[letter]
    if (letter === 'っ') doubled = true
    else if (glide !== undefined) out = out.slice(0, -1) + (/(sh|ch|j)i$/.test(out) ? glide : `y${glide}`)
    else {
      const sound = SOUNDS.get(letter)
      if (sound === undefined) throw new RangeError(`romaji: ${letter} is not hiragana`)
      out += doubled ? (sound.startsWith('ch') ? 't' : sound[0]) + sound : sound
      doubled = false
    }
  }
  // The usual spelling of long vowels on signs: おう, おお and うう are written once.
  return out.replace(/ou|oo/g, 'o').replace(/uu/g, 'u')
}
