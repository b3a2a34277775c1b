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
/** Several times what a person does by hand: a page that asks everything takes five calls, one that waits two in two seconds. */
const mostCalls = 600
const mostTokens = 1_000

type Budgeted = Pick<Identity, 'objectId'>

/**
 * How often one person may have Microsoft asked, in all their sessions together and on all replicas: so nobody who is
 * signed in can have us throttled there for everyone. It sits where Microsoft is asked, whichever page leads there.
 */
export function createPersonBudget({ counters, clock }: { counters: Counters; clock: Clock }) {
  /** Whose tokens these are. */
  const people = new BoundedMap<string, Budgeted>(mostTokens)

  /** In this minute of our clock. */
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
    /** Before Graph is asked for something. Throws NoAnswer, of the kind of a throttled call, where this person had it asked too often. */
    async check(person: Budgeted): Promise<void> {
      const { count, leftMs } = await spent('graph', person, 0)
      if (count >= mostCalls) throw tooOften(leftMs)
    },

    /** Graph, where each call with a person's token counts. What was begun is finished. */
    counting: (graph: Graph): Graph => ({
      ...graph,
      call: (path, token, options) => countOf(token).then(() => graph.call(path, token, options)),
      list: (path, token) => countOf(token).then(() => graph.list(path, token)),
    }),

    /** Tokens whose calls are counted. */
    knowing: (pimToken: PimToken): PimToken => ({
      ...pimToken,
      async get(who) {
        const token = await pimToken.get(who)
        people.set(fingerprint(token), who.identity)
        return token
      },
    }),

    /** Redeems refresh tokens as often; above that there is no answer, which signs nobody out. */
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
