import type { Observations } from '../../audit/observations.ts'
import { BoundedMap } from '../../bounded-map.ts'
import type { Clock } from '../../clock.ts'
import type { Counters } from '../../session/replicas/counters.ts'
import type { Found } from '../found.ts'

const hourMs = 3_600_000
/** Longer than an activation lasts. */
const periodMs = 26 * hourMs
const mostKnown = 10_000

type Needs = {
  clock: Clock
  counters: Pick<Counters, 'count'>
  observations: Pick<Observations, 'refused' | 'usedFirst'>
}

/**
 * Makes the function that hears of each decision at a gate and has recorded what is news: that a person was refused, once an
 * hour for each gate and reason, so that nobody floods the trail; and the first page that a person opens in a period that PIM
 * told of. What this replica knows of costs nothing; for anything else the replicas count together, and no page waits for it.
 */
export function createSeenAtGate({ clock, counters, observations }: Needs) {
  const known = new BoundedMap<string, number>(mostKnown)

  function once(name: string, lifeMs: number, write: () => void): void {
    const now = clock().getTime()
    const before = known.get(name)
    if (before !== undefined && Math.abs(now - before) < lifeMs) return
    known.set(name, now)
    void counters.count(`seen:${name}`, lifeMs).then(({ count }) => count === 1 && write())
  }

  return ({ gate, decision, standing }: Pick<Found, 'gate' | 'decision' | 'standing'>): void => {
    if (!standing) return
    const { identity, plan } = standing.record
    const at = { gate, actor: identity }
    const who = `${gate}:${identity.objectId}`
    const code = decision.outcome === 'refuse' ? decision.reason : undefined
    if (code) once(`${who}:${code}`, hourMs, () => observations.refused({ ...at, code }))
    // A period that goes on from another one has been used.
    const from = decision.outcome === 'admit' && plan?.seamAt !== plan?.from ? plan?.from : undefined
    if (from !== undefined) {
      const since = new Date(from).toISOString()
      once(`${who}:${from}`, periodMs, () => observations.usedFirst({ ...at, since }))
    }
  }
}
export type SeenAtGate = ReturnType<typeof createSeenAtGate>
