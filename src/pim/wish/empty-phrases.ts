// Short on purpose: a phrase is empty only when every word of it is one of these.
const fillers = new Set(
  `a aa abc access activate activation admin and arbeit as asap asdf bar bau because bitte bla blah brauche business but
  daily dummy foo for hello hi i ich idk is it just lorem ipsum me my n na need needed needs nil no none nothing of ok
  okay one please qwerty reason role same some something stuff tbd test testen testing tests text that the this to todo
  usual want whatever work working works xx xxx xyz yes zugriff`.split(/\s+/),
)
const keyboardRuns = ['qwertyuiopasdfghjklzxcvbnm', 'qwertzuiopasdfghjklyxcvbnm', 'abcdefghijklmnopqrstuvwxyz']
const fewestLetters = 4

/**
 * Whether a reason says nothing to whoever reads it: filler words, one thing over and over, a slide over the keyboard,
 * no letter at all. Anything else is taken for meant, in whatever language.
 */
export function isEmptyPhrase(reason: string): boolean {
  const words = reason.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const letters = [...words.join('')]
  if (!/\p{L}/u.test(reason) || new Set(letters).size < fewestLetters) return true
  if (words.every(word => fillers.has(word))) return true
  return isRepeated(letters) || keyboardRuns.some(run => run.includes(letters.join('')))
}

/** Whether the whole is one piece, twice or more, the last of them perhaps cut short. */
function isRepeated(letters: readonly string[]): boolean {
  const pieces = Array.from({ length: Math.floor(letters.length / 2) }, (_, index) => index + 1)
  return pieces.some(length => letters.every((letter, at) => at < length || letter === letters[at - length]))
}
