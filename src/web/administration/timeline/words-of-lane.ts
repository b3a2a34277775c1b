import type { Period, UngrantedRequest } from '../../../audit/periods/period.ts'
import { period as spoken } from '../../shell/instant.ts'
import { endWords, howWords, stateWords } from '../report/words.ts'

/** The record that tells most: the last one of the beginning would do, and so does any; the first is where the story begins. */
export const mainRecord = (records: readonly number[]): number => records[0] ?? 0

/** A period in words: when, how, how it ended, and the ticket. */
export function periodWords({ since, end, how, ended, ticket, extensions }: Period, now: Date): string {
  const until = end === undefined ? undefined : new Date(end)
  const when =
    since === undefined
      ? `began before, until ${until ? spoken(until, undefined, now) : 'now'}`
      : `${spoken(new Date(since), until, now)}${until ? '' : ' until now'}`
  const longer = extensions > 0 ? `extended ${extensions === 1 ? 'once' : `${extensions} times`}` : ''
  return [when, howWords[how], longer, ended ? endWords(ended) : '', ticket ?? ''].filter(Boolean).join(', ')
}

/** A request that led to nothing, or not yet, in words. */
export function requestWords(asked: UngrantedRequest, now: Date): string {
  const { from, to, ticket } = asked
  const when = spoken(new Date(from), to === undefined || to - from < 60_000 ? undefined : new Date(to), now)
  return [`${when}, asked`, stateWords(asked), ticket ?? ''].filter(Boolean).join(', ')
}
