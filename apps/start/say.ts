/** What `npm start` says: Japanese first. */
export const say = (japanese: string, english: string): void => console.log(`${japanese}\n    ${english}`)
