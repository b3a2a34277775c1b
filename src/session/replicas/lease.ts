import { randomUUID } from 'node:crypto'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { ending } from '../scope.ts'

const renewIfMine = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
const dropIfMine = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/** What one replica does at a time. */
export function createLeases({
  redis,
  prefix,
  about,
}: {
  redis: Redis
  prefix: string
  /** The mark of what the work is about. */
  about?: string
}) {
  const working = new Set<Promise<unknown>>()
  const keyOf = (kind: 'lease' | 'pause', name: string) => `${prefix}${kind}:${name}${ending(about)}`

  /**
   * Does the work if nobody holds the lease of this name, and renews it for as long as the work lasts. A holder that
   * dies loses it after `lifeMs`. `held: false`: somebody else is at it.
   */
  function hold<T>(
    name: string,
    lifeMs: number,
    work: () => Promise<T>,
  ): Promise<{ held: true; value: T } | { held: false }> {
    const whole = holding(name, lifeMs, work).finally(() => working.delete(whole))
    working.add(whole)
    return whole
  }

  async function holding<T>(
    name: string,
    lifeMs: number,
    work: () => Promise<T>,
  ): Promise<{ held: true; value: T } | { held: false }> {
    const key = keyOf('lease', name)
    const mine = randomUUID()
    if ((await ask(redis.set(key, mine, 'PX', lifeMs, 'NX'))) !== 'OK') return { held: false }
    const renewal = setInterval(() => void redis.eval(renewIfMine, 1, key, mine, lifeMs).catch(() => {}), lifeMs / 3)
    try {
      return { held: true, value: await work() }
    } finally {
      clearInterval(renewal)
      // Left to run out if Redis went away.
      await redis.eval(dropIfMine, 1, key, mine).catch(() => {})
    }
  }

  return {
    hold,
    /** Resolves when the work of this process under a lease is done, and another may go on with it at once. */
    async released(): Promise<void> {
      while (working.size > 0) await Promise.allSettled(working)
    },
    /** Shared among replicas: for so long nobody tries this again. */
    pause: async (name: string, ms: number): Promise<void> => {
      await ask(redis.set(keyOf('pause', name), '1', 'PX', Math.ceil(ms)))
    },
    isPaused: async (name: string): Promise<boolean> => (await ask(redis.exists(keyOf('pause', name)))) === 1,
  }
}
export type Leases = ReturnType<typeof createLeases>
