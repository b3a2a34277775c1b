// The list is short on purpose: a phrase is empty only when each of its words is one of these.
const fillers = new Set(
  `a aa abc access activate activation admin and arbeit as asap asdf bar bau because bitte bla blah brauche business but
  daily dummy foo for hello hi i ich idk is it just lorem ipsum me my n na need needed needs nil no none nothing of ok
  okay one please qwerty reason role same some something stuff tbd test testen testing tests text that the this to todo
  usual want whatever work working works xx xxx xyz yes zugriff`.split(/\s+/),
)
const keyboardRuns = ['qwertyuiopasdfghjklzxcvbnm', 'qwertzuiopasdfghjklyxcvbnm', 'abcdefghijklmnopqrstuvwxyz']
const fewestLetters = 4

/**
 * Whether a reason tells its reader nothing: it is made of filler words, repeats one thing, slides over the keyboard, or
 * has no letter at all. Every other reason is believed, in any language.
 */
export function isEmptyPhrase(reason: string): boolean {
  const words = reason.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const letters = [...words.join('')]
  if (!/\p{L}/u.test(reason) || new Set(letters).size < fewestLetters) return true
  if (words.every(word => fillers.has(word))) return true
  return isRepeated(letters) || keyboardRuns.some(run => run.includes(letters.join('')))
}

/** Whether the letters are one piece, twice or more. The last piece may be cut short. */
function isRepeated(letters: readonly string[]): boolean {
  const pieces = Array.from({ length: Math.floor(letters.length / 2) }, (_, index) => index + 1)
  return pieces.some(length => letters.every((letter, at) => at < length || letter === letters[at - length]))
}
