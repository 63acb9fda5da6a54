/** The rules that the screens keep, where each comes from, and the tests that prove it. `ux-rules.test.ts` holds that they are there. */

export interface UxRule {
  readonly rule: string
  /** A criterion, a standard, or the operator's rule for kiosk and counter. */
  readonly source: string
  /** By file, the beginning of a test’s name as it stands there, {values} and all. */
  readonly proof: Readonly<Record<string, readonly string[]>>
}

const SCREENS = { 'e2e/screens.test.ts': ['{shape}: targets, gaps, letters and text'] }
const AXE = {
  'e2e/screens.test.ts': ['axe has nothing to say: {shape}, {language}'],
  'e2e/counter-screens.test.ts': ['axe has nothing to say against any staff screen'],
  'e2e/phone-screens.test.ts': ['{face}: every view at every size, in every language'],
  'e2e/faces.test.ts': ['{OFFICE[size].width} pixels: axe, targets and text of every screen'],
  'e2e/diagnostics.test.ts': ['the keeper’s page in every language, at 200 % and in high contrast'],
  'e2e/desk.test.ts': ['axe has nothing to say against the desk'],
}

export const UX_RULES: readonly UxRule[] = [
  // Sizes and colours.
  { rule: 'targets of 20 × 20 mm, 4 mm apart, by panel profile', source: 'kiosk', proof: SCREENS },
  { rule: 'capitals of text 5 mm, digits of a PIN pad 9 mm', source: 'kiosk', proof: SCREENS },
  { rule: 'labels of a keypad 4 mm', source: 'public keypads', proof: SCREENS },
  {
    rule: 'targets of 44 px at a desk and on a phone',
    source: 'Digital Agency Design System; WCAG 2.5.8',
    proof: {
      'e2e/counter-screens.test.ts': ['{OFFICE[size].width} pixels: targets and text'],
      'e2e/phone-screens.test.ts': ['{face}: every view at every size, in every language'],
      'e2e/faces.test.ts': ['{OFFICE[size].width} pixels: axe, targets and text of every screen'],
    },
  },
  {
    rule: 'text at twice its size loses nothing',
    source: 'WCAG 1.4.4',
    proof: {
      ...SCREENS,
      'e2e/counter-screens.test.ts': ['{OFFICE[size].width} pixels: targets and text'],
      'e2e/faces.test.ts': ['{OFFICE[size].width} pixels: axe, targets and text of every screen'],
      'e2e/diagnostics.test.ts': ['the keeper’s page in every language, at 200 % and in high contrast'],
    },
  },
  { rule: 'keys of a PIN pad wholly in sight on every panel', source: 'kiosk', proof: SCREENS },
  {
    rule: 'contrast 7:1, in high contrast 10:1',
    source: 'kiosk; VVSG 2.0; WCAG 1.4.6',
    proof: {
      'e2e/contrast.test.ts': ['{theme}: text has at least {least}:1'],
      'e2e/screens.test.ts': ['axe has nothing to say: {shape}, {language}'],
    },
  },
  {
    rule: 'never colour alone',
    source: 'Color Universal Design; WCAG 1.4.1',
    proof: { 'e2e/ux.test.ts': ['colour never says it alone'] },
  },
  {
    rule: 'cancel red, enter green',
    source: 'public keypads',
    proof: { 'e2e/ux.test.ts': ['stopping is red, entering green'] },
  },
  // What helps a person.
  {
    rule: 'three text sizes, high contrast, voice, furigana, easy Japanese, English behind one button on every screen',
    source: 'kiosk',
    proof: { 'e2e/ux.test.ts': ['「見やすさ・ことば」 is on every screen'] },
  },
  {
    rule: 'every preference ends with the turn',
    source: 'kiosk; VVSG 2.0',
    proof: {
      'e2e/ux.test.ts': ['all five preferences end with the turn'],
      'e2e/procedures.test.ts': ['whoever leaves is asked, then the turn ends'],
      'e2e/counter-keyboard.test.ts': ['language and sizes go with whoever signs out'],
    },
  },
  {
    rule: 'every language says everything; more can be added',
    source: 'kiosk',
    proof: { 'e2e/words.test.ts': ['{language}: every key, with the same values in it'] },
  },
  {
    rule: 'easy Japanese has a reading over every kanji',
    source: 'guideline for easy Japanese, 2020-08-28',
    proof: { 'e2e/words.test.ts': ['easy Japanese has a reading over every kanji'] },
  },
  {
    rule: 'a voice tells what is on the screen, without devices of the person’s own',
    source: 'EN 301 549 5.1',
    proof: {
      'e2e/keyboard.test.ts': ['spoken guidance says what is to be done'],
      'e2e/playback.test.ts': ['each recording is played to its end'],
      'e2e/recordings.test.ts': ['whatever a screen says is among the sentences'],
    },
  },
  {
    rule: 'one button is enough',
    source: 'EN 301 549 5.1',
    proof: { 'e2e/aids.test.ts': ['one button: it begins scanning', 'one button, by touch'] },
  },
  { rule: 'no finding of axe', source: 'JIS X 8341-3:2016 AA', proof: AXE },
  {
    rule: 'everything by keyboard, with a focus that is seen',
    source: 'WCAG 2.1.1, 2.4.7',
    proof: {
      'e2e/keyboard.test.ts': [
        'a PIN is changed by keyboard alone',
        'the settings: opened, changed and closed by keyboard',
      ],
      'e2e/counter-keyboard.test.ts': ['function keys begin procedures'],
      'e2e/faces.test.ts': ['by keyboard alone: signed in'],
    },
  },
  {
    rule: 'the focus is never hidden',
    source: 'WCAG 2.4.11',
    proof: { 'e2e/ux.test.ts': ['what has the focus is never hidden'] },
  },
  {
    rule: 'what scrolls shows it and is a named region',
    source: 'WCAG 2.1.1',
    proof: { 'e2e/ux.test.ts': ['what has more than there is room for says so', 'with one button too'] },
  },
  {
    rule: 'nothing is asked twice in a turn',
    source: 'WCAG 3.3.7',
    proof: { 'e2e/ux-turn.test.ts': ['one number may do for three PINs'] },
  },
  {
    rule: 'no riddle: a PIN from any device that types',
    source: 'WCAG 3.3.8',
    proof: { 'e2e/ux-turn.test.ts': ['a PIN may come from any device that types'] },
  },
  {
    rule: 'status and errors are announced',
    source: 'WCAG 4.1.3',
    proof: {
      'e2e/ux.test.ts': ['every view has one heading and tells itself to a screen reader'],
      'e2e/counter-screens.test.ts': ['every staff view has a heading of its own'],
    },
  },
  // PINs.
  {
    rule: 'keys as on a telephone; shuffled where the operator wants it, never for who listens',
    source: 'kiosk; public keypads',
    proof: { 'e2e/aids.test.ts': ['keys lie as on a telephone', 'a shuffled order has every digit once'] },
  },
  {
    rule: 'a voice says how many characters there are, never which',
    source: 'kiosk; F05; EN 301 549 5.1',
    proof: {
      'e2e/keyboard.test.ts': ['spoken guidance says what is to be done'],
      'e2e/playback.test.ts': ['keys of a PIN: how many there are is heard, never which'],
    },
  },
  {
    rule: 'the sign PIN has 36 keys, capitals only, its rules as live check marks',
    source: 'kiosk; F01',
    proof: { 'e2e/ux-turn.test.ts': ['the sign PIN: 36 keys'] },
  },
  {
    rule: 'PINs easily guessed are explained: dates on the card, rows, repetitions',
    source: 'kiosk',
    proof: {
      'procedures/guessable.test.ts': ['a row of digits or letters', 'dates that stand on the card'],
      'e2e/procedures.test.ts': ['entries that differ, and one that is easily guessed'],
    },
  },
  {
    rule: 'the last try is asked for, and no is the easier answer',
    source: 'kiosk; F02',
    proof: {
      'e2e/ux-turn.test.ts': ['the last try: no is the button that stands out'],
      'procedures/pin-procedures.test.ts': ['the last try is spent only after a yes'],
    },
  },
  // Time.
  {
    rule: 'idle 60 s, then 20 s; a PIN 90 s; the end 30 s',
    source: 'kiosk; WCAG 2.2.1',
    proof: {
      'e2e/ux-turn.test.ts': ['the screen waits as long as it is said'],
      'e2e/aids.test.ts': ['the time left of a PIN is seen from its beginning'],
    },
  },
  {
    rule: 'one tap goes on',
    source: 'kiosk; WCAG 2.2.1',
    proof: { 'e2e/procedures.test.ts': ['one tap keeps the turn alive'] },
  },
  {
    rule: 'the end is left when the card is taken',
    source: 'kiosk',
    proof: { 'e2e/ux-turn.test.ts': ['the last screen is left when the card is taken'] },
  },
  {
    rule: 'a forgotten card calls by sound and voice until it is taken or somebody stops it',
    source: 'kiosk',
    proof: {
      'e2e/aids.test.ts': ['a forgotten card sounds until somebody stops it'],
      'e2e/keyboard.test.ts': ['a forgotten card is called for aloud'],
      'e2e/procedures.test.ts': ['whoever leaves is asked, then the turn ends'],
    },
  },
  // What is told, and what is not.
  {
    rule: 'no name, no number of anybody on a kiosk',
    source: 'kiosk',
    proof: { 'e2e/privacy.test.ts': ['no screen tells who the card belongs to'] },
  },
  {
    rule: 'a receipt: date, terminal, procedure, result, reference',
    source: 'kiosk',
    proof: {
      'e2e/aids.test.ts': ['a receipt says when, where, what and the reference'],
      'e2e/ux-turn.test.ts': ['a receipt for paper holds nothing of a person'],
    },
  },
  {
    rule: 'a failure: what happened, is my card safe, what do I do, whom do I call; the code small at the bottom',
    source: 'kiosk',
    proof: { 'e2e/ux-turn.test.ts': ['a failure says what happened'] },
  },
  {
    rule: 'the card: first laid flat, then lifted and turned; the reader is named',
    source: 'kiosk',
    proof: { 'e2e/ux-turn.test.ts': ['a card is laid, then lifted and turned'] },
  },
  {
    rule: 'staff and resident have two screens; staff never see a PIN',
    source: 'counter; F05',
    proof: {
      'staff/procedures.test.ts': ['F05: what the resident chooses', 'canary: no PIN of a resident'],
      'e2e/town-privacy.test.ts': ['a delivery with canaries'],
      'e2e/counter-keyboard.test.ts': ['what the resident does is told, never what they type'],
    },
  },
  {
    rule: 'a button that cannot be pressed says why',
    source: 'counter',
    proof: { 'e2e/ux.test.ts': ['a button that cannot be pressed says why'] },
  },
]
