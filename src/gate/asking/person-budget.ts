import { BoundedMap } from '../../bounded-map.ts'
import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import type { Graph } from '../../entra/graph/graph.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import { Problem } from '../../errors.ts'
import type { Counters } from '../../session/replicas/counters.ts'
import { fingerprint } from '../../session/sealing/seal.ts'
import type { PimToken } from './pim-token.ts'

const windowMs = 60_000
/**
 * Several times the calls of a person's clicks: a page that asks everything takes five calls, a page that waits takes
 * two in two seconds.
 */
const mostCalls = 600
/** A page that asks everything asks it of each gate. The limit is for so many gates, and as much again for so many more. */
const gatesWithin = 5
const mostTokens = 1_000

type Budgeted = Pick<Identity, 'objectId'>

/**
 * Limits how often one person may have Microsoft asked, in all their sessions together and on all replicas. So nobody
 * who is signed in can have Microsoft throttle us for everyone. The limit sits where Microsoft is asked, whichever page
 * leads there.
 */
export function createPersonBudget({
  counters,
  clock,
  gates = 1,
}: {
  counters: Counters
  clock: Clock
  gates?: number
}) {
  const most = mostCalls * Math.ceil(gates / gatesWithin)
  /** The people by the fingerprints of their tokens. */
  const people = new BoundedMap<string, Budgeted>(mostTokens)

  /** Counts calls in this minute of our clock; `leftMs` of it are left. */
  async function spent(of: 'graph' | 'refresh', { objectId }: Budgeted, calls: number) {
    const now = clock().getTime()
    const { count } = await counters.count(`${of}:${objectId}:${Math.floor(now / windowMs)}`, windowMs, calls)
    return { count, leftMs: windowMs - (now % windowMs) }
  }

  const tooOften = (leftMs: number) => new NoAnswer('asked too often', { kind: 'throttled', retryAfterMs: leftMs })

  async function countOf(token: string): Promise<void> {
    const person = people.get(fingerprint(token))
    if (person) await spent('graph', person, 1)
  }

  return {
    /**
     * Checks before Graph is asked. Throws NoAnswer of the kind 'throttled' where this person had Graph asked too
     * often.
     */
    async check(person: Budgeted): Promise<void> {
      const { count, leftMs } = await spent('graph', person, 0)
      if (count >= most) throw tooOften(leftMs)
    },

    /** Graph, with each call that carries a person's token counted. Calls that were begun are finished. */
    counting: (graph: Graph): Graph => ({
      ...graph,
      call: (path, token, options) => countOf(token).then(() => graph.call(path, token, options)),
      list: (path, token) => countOf(token).then(() => graph.list(path, token)),
    }),

    /** The source of PIM tokens, with the calls of its tokens counted. */
    knowing: (pimToken: PimToken): PimToken => ({
      ...pimToken,
      async get(who) {
        const token = await pimToken.get(who)
        people.set(fingerprint(token), who.identity)
        return token
      },
    }),

    /**
     * Redeems refresh tokens within the same limit. Above it throws Problem('entra-unreachable'), which signs nobody
     * out.
     */
    refreshing:
      ({ refresh }: Pick<Oidc, 'refresh'>): Oidc['refresh'] =>
      async (refreshToken, identity, forPim) => {
        const { count, leftMs } = await spent('refresh', identity, 1)
        if (count > mostCalls) throw new Problem('entra-unreachable', { cause: tooOften(leftMs) })
        return refresh(refreshToken, identity, forPim)
      },
  }
}
export type PersonBudget = ReturnType<typeof createPersonBudget>
