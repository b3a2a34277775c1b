import { inWords } from '../wish/durations.ts'

/** A refusal of Microsoft's, or of ours, as people read it. `field`: where on the form they mend it. */
export type PimRefusal = {
  code: RefusalCode
  sentence: string
  field?: 'reason' | 'ticket' | 'minutes'
  act: 'fix' | 'ask-someone' | 'wait' | 'try-again' | 'go-in' | 'step-up' | 'tell-operator'
}
type Words = Omit<PimRefusal, 'code'>

export const sendReference = 'Send the reference below to the people who run this application.'

const words = {
  'already-on': { sentence: 'Access is already on.', act: 'go-in' },
  'already-waiting': { sentence: 'You have asked already, and wait for approval.', act: 'wait' },
  'reason-needed': { sentence: 'A reason is needed.', field: 'reason', act: 'fix' },
  'ticket-needed': { sentence: 'A ticket is needed.', field: 'ticket', act: 'fix' },
  'too-long': { sentence: 'This is longer than is allowed now. Choose a shorter time.', field: 'minutes', act: 'fix' },
  'not-eligible': {
    sentence: 'Your permission to turn on access has ended, or was never given. Ask for it to be renewed.',
    act: 'ask-someone',
  },
  'step-up-needed': {
    sentence: 'Microsoft asks for one more check that it is you, usually with your passkey.',
    act: 'step-up',
  },
  'step-up-in-vain': {
    sentence:
      'You were checked, and Microsoft still asks for the same check, so asking you once more would not help. The policy behind the check may be switched off, or may leave your account out. Send the reference below to your administrators.',
    act: 'tell-operator',
  },
  'step-up-cancelled': {
    sentence:
      'We could not check your passkey, so nothing was turned on. Try again; if you have no passkey, ask your administrators how to register one.',
    act: 'try-again',
  },
  'not-on': {
    sentence:
      'Microsoft does not show this access as on. If it was turned on or off a moment ago, look again in a minute.',
    act: 'wait',
  },
  'too-soon-to-end': {
    sentence: 'Microsoft does not allow ending access in its first five minutes. End it when they are over.',
    act: 'wait',
  },
  'still-ending': {
    sentence: 'Microsoft took this, and has not ended access yet. We are checking.',
    act: 'wait',
  },
  'ending-denied': {
    sentence: `Microsoft did not agree to end access, so it is still on. ${sendReference}`,
    act: 'tell-operator',
  },
  'ending-failed': {
    sentence: `Microsoft took this and then could not end access, so it is still on. Try again in a minute; if it fails once more, send the reference below to the people who run this application.`,
    act: 'try-again',
  },
  'time-invalid': {
    sentence: 'Microsoft does not accept these times. Choose how long again, and send it once more.',
    field: 'minutes',
    act: 'fix',
  },
  'still-changing': { sentence: 'Microsoft is still changing this. Try again in a minute or two.', act: 'wait' },
  'app-lacks-permission': {
    sentence: `This application lacks a permission at Microsoft, so nothing was changed. ${sendReference}`,
    act: 'tell-operator',
  },
  'caller-lacks-permission': {
    sentence: 'Microsoft does not allow your account to do this. Ask the people who give out access.',
    act: 'ask-someone',
  },
  'no-licence': {
    sentence: `Your organisation lacks a Microsoft licence that turning on access needs. ${sendReference}`,
    act: 'tell-operator',
  },
  'group-unsupported': {
    sentence: `Microsoft cannot turn on access to a group of this kind. ${sendReference}`,
    act: 'tell-operator',
  },
  busy: { sentence: 'Microsoft is busy, and nothing was changed. Try again in a minute.', act: 'try-again' },
  'no-answer': { sentence: 'It may have worked. We are checking.', act: 'wait' },
  'not-done': {
    sentence: 'Microsoft did not answer, and we have looked: nothing was turned on. Send it again.',
    act: 'try-again',
  },
  failed: {
    sentence: `Microsoft took the request and then could not carry it out. Try again in a minute; if it fails once more, send the reference below to the people who run this application.`,
    act: 'try-again',
  },
  denied: { sentence: 'The answer was no.', act: 'ask-someone' },
  lapsed: { sentence: 'Nobody answered in 24 hours, so it lapsed.', act: 'try-again' },
  cancelled: { sentence: 'It was cancelled.', act: 'try-again' },
  refused: { sentence: `Microsoft refused this request. ${sendReference}`, act: 'tell-operator' },
} as const satisfies Record<string, Words>
export type RefusalCode = keyof typeof words

/** Facts that make a sentence say more, where they are known. */
export type RefusalFacts = { longestMinutes?: number; retryAfterMs?: number | undefined }

/** The refusal of this code. */
export function pimRefusal(code: RefusalCode, { longestMinutes, retryAfterMs }: RefusalFacts = {}): PimRefusal {
  const known: Words = words[code]
  if (code === 'too-long' && longestMinutes)
    return { code, ...known, sentence: `The longest allowed is now ${inWords(longestMinutes)}.` }
  if (code === 'busy' && retryAfterMs)
    return {
      code,
      ...known,
      sentence: `Microsoft is busy, and nothing was changed. Try again in ${pause(retryAfterMs)}.`,
    }
  return { code, ...known }
}

const pause = (ms: number) => {
  const seconds = Math.ceil(ms / 1000)
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}
