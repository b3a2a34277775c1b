import type { Identity } from '../entra/claims.ts'
import { NoAnswer } from '../entra/outbound.ts'
import type { Counters } from '../session/counters.ts'

const windowMs = 60_000
/** Several times what a person does by hand: a page that asks everything takes five calls, one that waits two in two seconds. */
const mostCalls = 600

/**
 * How much one person may have Graph asked, in all their sessions together and on all replicas: so nobody who is signed
 * in can have us throttled there for everyone. It sits where Graph is asked, whichever page leads there.
 */
export const createGraphBudget = ({ counters }: { counters: Counters }) => ({
  /** Before so many calls. Throws NoAnswer, of the kind of a throttled call, where there were too many within a minute. */
  async spend({ objectId }: Pick<Identity, 'objectId'>, calls: number): Promise<void> {
    const { count, leftMs } = await counters.count(`graph:${objectId}`, windowMs, calls)
    if (count > mostCalls) throw new NoAnswer('asked too often', { kind: 'throttled', retryAfterMs: leftMs })
  },
})
export type GraphBudget = ReturnType<typeof createGraphBudget>
