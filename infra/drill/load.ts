import type { Answer, Client } from './client.ts'
import { isTrouble, kindOf, type Sample } from './judge.ts'
import type { People } from './people.ts'
import type { Visitor } from './visitor.ts'

export type Load = ReturnType<typeof startLoad>

/** A steady stream of requests for a members' page, from each person in turn. It does not wait for the previous answer. */
export function startLoad({ client, people, perSecond }: { client: Client; people: People; perSecond: number }) {
  const visitors: Visitor[] = []
  let samples: Sample[] = []
  let troubleAt = 0
  let turn = 0
  let owed = 0
  let before = performance.now()

  async function visit({ person, headers }: Visitor): Promise<void> {
    const at = Date.now()
    const answer = await client.ask('/', { headers })
    const done = Date.now()
    const sample = { at, done, kind: kindOf(answer), said: said(answer), mayBeOut: people.mayBeOut(person, done) }
    samples.push(sample)
    people.saw(person, sample)
    if (isTrouble(sample)) troubleAt = done
  }

  const ticking = setInterval(() => {
    const now = performance.now()
    owed += ((now - before) / 1000) * perSecond
    before = now
    // Requests that could not be sent in time are left out, not sent all at once.
    for (owed = Math.min(owed, perSecond); owed >= 1 && visitors.length > 0; owed--)
      void visit(visitors[turn++ % visitors.length] as Visitor)
  }, 20)

  return {
    add: (more: readonly Visitor[]): void => void visitors.push(...more),
    /** The answers since the last call. */
    taken(): Sample[] {
      const all = samples
      samples = []
      return all
    },
    /** How long ago something last went wrong, in ms. */
    calmFor: (): number => Date.now() - troubleAt,
    stop: (): void => clearInterval(ticking),
  }
}

const said = ({ status, location, retryAfter, isWordless, failure }: Answer): string =>
  failure ?? [status, location, status === 503 && lacking(retryAfter, isWordless)].filter(Boolean).join(' ')

const lacking = (retryAfter: string | undefined, isWordless: boolean | undefined) =>
  isWordless ? 'of the proxy, or empty' : retryAfter === undefined && 'without Retry-After'
