import type { Config } from '../config/load.ts'
import type { Oidc } from '../entra/oidc.ts'
import type { Redis } from '../session/redis.ts'
import { type Door, exactly } from './doors.ts'

/** Step 3: what probes ask. Liveness depends on nothing; readiness says what is waited for, and nothing else. */
export function createHealth(
  {
    redis,
    oidc,
    config,
  }: { redis: Pick<Redis, 'exists'>; oidc: Pick<Oidc, 'isLoaded'>; config: { redis: Pick<Config['redis'], 'prefix'> } },
  isDraining: () => boolean,
) {
  async function waiting(): Promise<string[]> {
    // Said at once: nobody waits for Redis to learn that requests belong elsewhere.
    if (isDraining()) return ['draining']
    // About a key: the nodes of a cluster that is down answer a PING all the same.
    const isRedisUp = await redis.exists(`${config.redis.prefix}ready`).then(
      () => true,
      () => false,
    )
    // It may have been told to stop while Redis was asked.
    if (isDraining()) return ['draining']
    return [...(isRedisUp ? [] : ['redis']), ...(oidc.isLoaded() ? [] : ['entra'])]
  }

  const doors: Door[] = [
    {
      method: 'get',
      alsoHead: true,
      path: '/health/live',
      open: (_request, response) => void response.json({ status: 'live' }),
    },
    {
      method: 'get',
      alsoHead: true,
      path: '/health/ready',
      open: async (_request, response) => {
        const names = await waiting()
        if (names.length === 0) response.json({ status: 'ready' })
        else response.status(503).json({ status: 'not-ready', waiting: names })
      },
    },
  ]
  return exactly('health', doors)
}
