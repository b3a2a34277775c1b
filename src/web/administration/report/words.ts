import type { ExceptionKind } from '../../../audit/periods/exceptions.ts'
import type { EndOfPeriod, How, UngrantedRequest } from '../../../audit/periods/period.ts'
import { lengthOf } from '../../shell/instant.ts'

/** A length of time in ms, with days where there are some: "3 days 4 h". */
export function longLength(ms: number): string {
  const days = Math.floor(ms / 86_400_000)
  if (days === 0) return lengthOf(ms)
  const hours = Math.floor((ms % 86_400_000) / 3_600_000)
  return `${days} ${days === 1 ? 'day' : 'days'}${hours > 0 ? ` ${hours} h` : ''}`
}

/** How a period ended, in words. */
export function endWords(ended: EndOfPeriod | undefined): string {
  if (!ended) return 'still on'
  const { how, by } = ended
  if (how === 'ran out') return 'time was up'
  if (how === 'by the person') return 'ended by the person'
  if (how === 'by an administrator') return `ended by ${by?.name ?? 'an administrator'}`
  return 'ended, nobody saw how'
}

/** How somebody came in, as a word beside a period. */
export const howWords: Readonly<Record<How, string>> = {
  'turned on': 'turned on',
  assigned: 'given by an administrator',
  role: 'by an app role',
  'not through PIM': 'not through PIM',
}

/** What became of a request, in words. */
export const stateWords = ({ state, by, status }: UngrantedRequest): string => {
  if (state === 'denied') return by ? `denied by ${by.called}` : 'denied'
  if (state === 'refused') return status ? `refused: ${status}` : 'refused'
  if (state === 'not known') return 'what became of it is not known'
  return state
}

/** An exception by its kind. `hours`: from when on a period is a long one. */
export const exceptionWords = (kind: ExceptionKind, hours: number): string =>
  ({
    'no ticket': 'No ticket',
    'not through PIM': 'Not through PIM',
    long: `Longer than ${hours} ${hours === 1 ? 'hour' : 'hours'}`,
    own: 'Given and used by the same person',
    denied: 'Denied',
    refused: 'Refused by a rule',
    'refused at the gate': 'Refused at the gate',
  })[kind]
