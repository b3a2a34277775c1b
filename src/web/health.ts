import type { Oidc } from '../entra/oidc.ts'
import type { Redis } from '../session/redis.ts'
import { type Door, exactly } from './doors.ts'

/** Step 3: what probes ask. Liveness depends on nothing; readiness says what is waited for, and nothing else. */
export function createHealth({ redis, oidc }: { redis: Pick<Redis, 'ping'>; oidc: Pick<Oidc, 'isLoaded'> }) {
  async function waiting(): Promise<string[]> {
    const isRedisUp = await redis.ping().then(
      () => true,
      () => false,
    )
    return [...(isRedisUp ? [] : ['redis']), ...(oidc.isLoaded() ? [] : ['entra'])]
  }

  const doors: Door[] = [
    { method: 'get', path: '/health/live', open: (_request, response) => void response.json({ status: 'live' }) },
    {
      method: 'get',
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
