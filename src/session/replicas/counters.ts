import { waitAtMost } from '../../patience.ts'
import type { Redis } from '../redis/redis.ts'

/** How often something was counted in its present window, and in how many ms the window ends. */
export type Count = { count: number; leftMs: number }

const countSome = `local count = ARGV[2] and redis.call('incrby', KEYS[1], ARGV[2]) or redis.call('incr', KEYS[1])
local left = redis.call('pttl', KEYS[1])
if left < 0 then
  redis.call('pexpire', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`

/** A count is no reason to wait: where Redis does not answer by then, this replica counts. */
const patienceMs = 250
const mostLocal = 10_000

/**
 * Counts in windows of fixed length, together with the other replicas. While Redis is away each replica counts for
 * itself. It then keeps a bounded number of names and forgets the oldest.
 */
export function createCounters({ redis, prefix }: { redis: Redis; prefix: string }) {
  const local = new Map<string, { count: number; endsAt: number }>()

  async function shared(name: string, windowMs: number, by: number): Promise<Count> {
    const args = [windowMs, ...(by === 1 ? [] : [by])].map(String)
    const [count, leftMs] = (await redis.eval(countSome, 1, `${prefix}count:${name}`, ...args)) as number[]
    if (!count || !leftMs) throw new Error('not a count')
    return { count, leftMs }
  }

  function here(name: string, windowMs: number, by: number): Count {
    const now = performance.now()
    const found = local.get(name)
    const current = found && found.endsAt > now ? found : { count: 0, endsAt: now + windowMs }
    current.count += by
    // Set anew at the end of the map: its first name is always the oldest.
    local.delete(name)
    local.set(name, current)
    if (local.size > mostLocal) local.delete(local.keys().next().value as string)
    return { count: current.count, leftMs: current.endsAt - now }
  }

  return {
    /** Counts one more of this name, or `by` more, in a window of `windowMs`. Never throws. */
    async count(name: string, windowMs: number, by = 1): Promise<Count> {
      const answered = shared(name, windowMs, by).catch(() => undefined)
      const answer = await waitAtMost(patienceMs, answered, () => undefined)
      return answer ?? here(name, windowMs, by)
    },
    /** How many names this replica counts by itself. */
    localSize: (): number => local.size,
  }
}
export type Counters = ReturnType<typeof createCounters>
