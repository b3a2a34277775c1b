import { randomUUID } from 'node:crypto'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { type KeySpace, keyIn } from '../scope.ts'

const renewIfMine = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
const dropIfMine = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/** Whether this replica held the lease and did the work. */
export type Done<T> = { held: true; value: T } | { held: false }

/**
 * Work that one replica does at a time. `about` is the mark of the group or the application that the work is about. Every
 * method but `released` throws Problem('redis-away') when Redis does not confirm.
 */
export function createLeases({ redis, ...space }: { redis: Redis } & KeySpace) {
  const working = new Set<Promise<unknown>>()
  const leaseKey = (name: string) => keyIn(space, 'lease', name)
  const pauseKey = (name: string) => keyIn(space, 'pause', name)

  async function holding<T>(name: string, lifeMs: number, work: () => Promise<T>): Promise<Done<T>> {
    const key = leaseKey(name)
    const mine = randomUUID()
    if ((await ask(redis.set(key, mine, 'PX', lifeMs, 'NX'))) !== 'OK') return { held: false }
    const renewal = setInterval(() => void redis.eval(renewIfMine, 1, key, mine, lifeMs).catch(() => {}), lifeMs / 3)
    try {
      return { held: true, value: await work() }
    } finally {
      clearInterval(renewal)
      // Where Redis went away, the lease runs out by itself.
      await redis.eval(dropIfMine, 1, key, mine).catch(() => {})
    }
  }

  return {
    /**
     * Does the work if nobody holds the lease of this name, and renews the lease for as long as the work lasts. A holder
     * that dies loses it after `lifeMs`. `held: false`: another replica is doing the work. Rejects with whatever `work`
     * throws.
     */
    hold<T>(name: string, lifeMs: number, work: () => Promise<T>): Promise<Done<T>> {
      const whole = holding(name, lifeMs, work).finally(() => working.delete(whole))
      working.add(whole)
      return whole
    },

    /** Resolves when the work of this process under a lease is done, and another process may go on with it at once. */
    async released(): Promise<void> {
      while (working.size > 0) await Promise.allSettled(working)
    },

    /** For so long (in ms) no replica tries this again. */
    pause: async (name: string, ms: number): Promise<void> => {
      await ask(redis.set(pauseKey(name), '1', 'PX', Math.ceil(ms)))
    },

    /** Whether a pause of this name lasts. */
    isPaused: async (name: string): Promise<boolean> => (await ask(redis.exists(pauseKey(name)))) === 1,
  }
}
export type Leases = ReturnType<typeof createLeases>
