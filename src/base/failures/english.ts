/** The failure catalogue in English. */
import type { FailureWords } from './catalogue.ts'

export const ENGLISH: FailureWords = {
  card: {
    untouched: 'Your card is unchanged.',
    trySpent: 'Your card is safe. One try of this PIN is used up.',
    pinBlocked: 'Your card is safe. This PIN stays blocked until it is set again.',
    unknown: 'What your card last did is not known. It will be read before anything else is done with it.',
    halfDone: 'Your card works, but only one of two places was changed.',
    noCard: 'No card is affected.',
  },
  call: {
    nobody: '',
    staff: 'If it stays like this, ask a member of staff.',
    terminalKeeper: 'If it stays like this, tell whoever looks after this terminal.',
    municipality: 'The counter of the municipality you live in can help.',
  },
  failures: {
    serviceDown: [
      'The card service of this computer is not running.',
      'Start the PC/SC service, or wait until it is back.',
    ],
    protocolMismatch: [
      'The card service speaks another version than this program.',
      'Install matching versions of the PC/SC service and its library.',
    ],
    noRights: ['This program may not use the card service.', 'Give its user the right to use card readers.'],
    noReader: ['No card reader is connected.', 'Connect a reader.'],
    readerGone: ['The card reader was disconnected.', 'Connect it again and put the card back on it.'],
    onlyReading: [
      'This terminal may only read real cards.',
      'Use a simulated card, or start the program with --write-real-card.',
    ],
    inUse: ['Another program is using the card.', 'Close the other program, or wait until it has finished.'],
    noCard: ['There is no card on the reader.', 'Put the card on the reader.'],
    cardGone: ['The card was taken away too early.', 'Put it back and leave it until you are told to take it.'],
    mute: ['The card does not answer.', 'Lift it, turn it over and put it down again without a case or other cards.'],
    cardReset: ['Another program reset the card.', 'Close the other program and start again.'],
    communication: ['The answer of the card did not arrive whole.', 'Put the card down again and do not move it.'],
    deadline: ['The card took too long to answer.', 'Lift the card and put it down again.'],
    cancelled: ['It was cancelled.', 'Start again when you like.'],
    idle: ['It was stopped because nothing was entered for a while.', 'Start again when you like.'],
    unexpected: [
      'The card reader reported something nobody foresaw.',
      'Disconnect the reader, connect it again and try again.',
    ],
    refused: ['The card refused a command it should know.', 'Try another reader.'],
    malformed: ['The card holds data that are not in the form they should have.', 'Try another reader.'],
    applicationMissing: ['The card lacks an application this needs.', 'Use another card, if you have one.'],
    applicationLocked: ['This application of the card is locked.', 'It has to be unlocked at a counter.'],
    unknownCard: ['This card is not known here.', 'Use your My Number card.'],
    foreignCard: ['This is not a My Number card.', 'Use your My Number card.'],
    predecessorCard: [
      'This is a Basic Resident Register card, which is no longer issued.',
      'Use a My Number card; a counter issues one.',
    ],
    phoneNotTaken: ['A phone cannot be used for this.', 'Use your My Number card itself.'],
    cardForged: ['The card cannot prove that it is genuine.', 'This procedure cannot go on with this card.'],
    cardIssuerUnknown: [
      'Nobody here knows who signed the data of this card.',
      'This procedure cannot go on with this card.',
    ],
    wrongPin: ['The PIN is wrong.', 'Enter it again. Look at the number of tries left first.'],
    pinBlocked: [
      'This PIN is blocked: it was entered wrongly too often.',
      'Have it set again; trying again does not help.',
    ],
    lastTry: ['Only one try is left.', 'Go on only if you are sure of the PIN. If it is wrong the PIN is blocked.'],
    pinNotAllowed: [
      'A PIN of this form cannot be right.',
      'Look at the length and the characters it must have. No try was used.',
    ],
    pinExpired: ['The PIN was entered too long ago.', 'Enter it again. No try was used.'],
    pinMissing: ['This PIN has not been set on the card.', 'It is set at a counter.'],
    pinNeeded: ['The card asks for a PIN first.', 'Enter the PIN.'],
    pinHalfChanged: [
      'The PIN for the resident register was changed in one place of the card and not in the other.',
      'Put the card back; the second place is changed next.',
    ],
    certificateMissing: ['This certificate is not on the card.', 'It is issued at a counter.'],
    certificateExpired: ['The certificate on the card has expired.', 'A new one is issued at a counter.'],
    certificateUnreadable: ['The certificate on the card cannot be read.', 'A new one is issued at a counter.'],
    busy: ['Another procedure is under way.', 'Wait until it has ended.'],
    stalePrompt: ['The answer belongs to a question that is no longer asked.', 'Answer what is on the screen now.'],
    badInput: ['The program was asked something in a form it does not know.', 'Restart the screen.'],
    unknownName: ['The program was asked for something it cannot do.', 'Bring screen and program to the same version.'],
    channelClosed: ['Screen and program lost each other.', 'Wait until the screen is back.'],
    backendUnreachable: ['The central system does not answer.', 'Wait a little and try again.'],
    backendRefused: ['The central system refused.', 'The reason is shown with it.'],
    backendBusy: [
      'The central system has too much to do, or a part of it does not answer.',
      'Wait a little and start again; nothing is lost.',
    ],
    signingUnavailable: [
      'The certification authority cannot sign certificates now.',
      'The key on the card waits. Start again later; it goes on from there.',
    ],
    terminalNotAllowed: [
      'This terminal is not allowed to do this.',
      'Use a terminal for this procedure, or have this one enrolled for it.',
    ],
    staffUnknown: [
      'This staff card is not enrolled here, or its holder works in another town.',
      'Use the staff card that is enrolled for this place.',
    ],
    sameOperator: [
      'The second look has to be somebody else’s.',
      'Ask another member of staff to lay their own staff card.',
    ],
    staffCardEnded: [
      'The certificate of this staff card is suspended, revoked or has expired.',
      'Have the staff card renewed.',
    ],
    signInRefused: [
      'The sign-in took too long, or the staff card signed something else.',
      'Take the staff card out and put it in again.',
    ],
    staffSignedOut: [
      'The member of staff is not signed in any more.',
      'Sign in again with the staff card and start again.',
    ],
    notOffered: ['This procedure cannot be begun now.', 'The reason is shown beside its button.'],
    wrongPerson: [
      'The card on the reader does not belong to the person who was picked.',
      'Put the right card on the reader, or search for the person again.',
    ],
    personNotFound: [
      'This person is not in the register, or has left it.',
      'Look at the register entry before you go on.',
    ],
    personMismatch: [
      'Name, date of birth, sex and address are not all those of the register.',
      'Compare them with the papers once more.',
    ],
    cardNotRegistered: ['This card is not registered.', 'Compare the number printed on it with the application.'],
    cardNotInState: [
      'The card is not in the state this procedure needs.',
      'Look at the state of the card and begin with the procedure that comes first.',
    ],
    cardOutdated: [
      'The register changed since the card was set up.',
      'Set the card up again (交付前設定); then hand it over.',
    ],
    cardExpired: ['The card has expired.', 'A new card has to be applied for.'],
    otherCardInUse: ['Another card of this person is in use.', 'Have that card handed back and abolished first.'],
    otherCard: [
      'The card on the reader is not the one that was named.',
      'Put the card on the reader that the procedure began with.',
    ],
    notEntitled: [
      'This person or this card may not have a certificate of this kind.',
      'Nothing was written. Tell the person why.',
    ],
    certificateNotProven: [
      'The card did not prove that it holds the new certificate.',
      'Start the procedure again; a new key and certificate are made.',
    ],
    identityRefused: ['It could not be confirmed that the card is yours.', 'A member of staff tells you what to do.'],
    identityNotChecked: [
      'No identity check for this card and purpose is recorded by this operator in the last 30 minutes.',
      "Check the person's identity and start again.",
    ],
    selfTestFailed: [
      'The chip did not pass its self-test; the card is not handed over.',
      'Set the card up again; if it fails again, keep the card and have another one made.',
    ],
    scriptStopped: [
      'A step on the card was not done, so the rest was not done either.',
      'Start again; it goes on from what the card holds.',
    ],
    townDown: [
      'The systems of this town do not answer, or it is not open for this yet.',
      'Other towns are served. Try again later.',
    ],
    noReservation: [
      'There is no open reservation for this card: none was made, it was used, or it is older than 24 hours.',
      'Make one with the app on a phone, then come to a kiosk within 24 hours.',
    ],
    kioskClosed: ['Kiosks reset PINs from 6:30 to 23:00 only.', 'Come back between 6:30 and 23:00.'],
    otherPinBlocked: [
      'The other PIN, which has to show that the card is yours, is blocked too.',
      'A kiosk cannot help with both PINs lost. The counter sets both again.',
    ],
    resetCertificateHeld: [
      'The digital certificate on this card is suspended.',
      'First have the suspension lifted at the counter; the PIN can be set there too.',
    ],
    resetCertificateRevoked: [
      'The digital certificate on this card is no longer valid.',
      'A new one is issued at the counter, with a new PIN.',
    ],
    resetCertificateExpired: [
      'The digital certificate on this card has expired.',
      'A new one is issued at the counter, with a new PIN.',
    ],
    resetAttributesChanged: [
      'Name, address, date of birth or sex changed after the certificate was issued, which ended it.',
      'A new one is issued at the counter, with a new PIN.',
    ],
    resetCardNotDelivered: [
      'This card has not been handed over yet, or its use is suspended.',
      'The counter says what comes next.',
    ],
    resetFaceAuthCard: [
      'This card is used by face recognition and has no PIN to set.',
      'The counter can make it a card with a PIN again.',
    ],
    resetNoCertificate: [
      'The card has no certificate that this PIN belongs to.',
      'The counter can issue it, with a new PIN.',
    ],
    codeBBlocked: [
      'The photo on the card cannot be opened: what is printed on the card was entered wrongly too often.',
      'The counter releases it.',
    ],
    faceNotMatched: [
      'The face did not match the photo on the card.',
      'Try again in good light, without hat or mask, or go to the counter.',
    ],
    simulatedFaceRefused: [
      'The comparison of faces was simulated, which does not count here.',
      'Compare faces in one of the other ways.',
    ],
    faceCheckAway: ['Faces cannot be compared here now.', 'Wait a little and try again, or go to the counter.'],
    internal: ['A fault of this program.', 'Start again.'],
  },
}
