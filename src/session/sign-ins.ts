import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { createCookies } from './cookies.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { ask } from './redis/asking.ts'
import type { Redis } from './redis/redis.ts'
import { scopeOf } from './scope.ts'
import { fingerprint, type Seal } from './sealing/seal.ts'
import type { Pending } from './sign-in-record.ts'

/**
 * Sign-ins on their way, and those that have finished. A pending sign-in lives in the browser, so it works on every
 * replica. A finished one is remembered in Redis, so that it cannot be used again and reloading its page is harmless.
 */
export function createSignIns({
  config,
  clock,
  redis,
  seal,
}: {
  config: Pick<Config, 'baseUrl' | 'session' | 'redis' | 'entra' | 'gates'>
  clock: Clock
  redis: Redis
  seal: Seal
}) {
  const { app } = scopeOf(config)
  const finishedKey = (state: string) => `${config.redis.prefix}signed-in:${fingerprint(`${app}\n${state}`)}`

  return {
    ...createPendingSignIns({ app, cookies: createCookies(config.baseUrl), clock, seal }),

    /**
     * The path that a finished sign-in led to; undefined if no sign-in with this state has finished. Throws
     * Problem('redis-away') when Redis does not answer.
     */
    finished: async (state: string): Promise<string | undefined> =>
      (await ask(redis.get(finishedKey(state)))) ?? undefined,

    /**
     * Marks a sign-in as finished. False: another request was first, and this one must not count. Throws
     * Problem('redis-away') when Redis does not confirm.
     */
    async finish({ attempt, returnTo }: Pick<Pending, 'attempt' | 'returnTo'>): Promise<boolean> {
      const life = Math.ceil(config.session.maxMs)
      return (await ask(redis.set(finishedKey(attempt.state), returnTo, 'PX', life, 'NX'))) === 'OK'
    },
  }
}
export type SignIns = ReturnType<typeof createSignIns>
