import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { Presence } from '../../session/redis/presence.ts'
import { type Door, exactly } from './exactly.ts'

/**
 * The doors for probes. Liveness depends on nothing. Readiness says whether people may be sent here: not before
 * everything was there once, and not after SIGTERM. When Redis is away later, readiness names it and stays ready: all
 * replicas share Redis, and if none were ready, nobody would be left to show the page that explains.
 */
export function createHealth(
  { presence, oidc }: { presence: Presence; oidc: Pick<Oidc, 'isLoaded'> },
  isDraining: () => boolean,
) {
  const draining = { status: 503, body: { status: 'not-ready', waiting: ['draining'] } }

  async function readiness() {
    // Said at once, so that a load balancer does not wait for Redis to learn that requests belong elsewhere.
    if (isDraining()) return draining
    const isRedisThere = await presence.isThere()
    // This process may have been told to stop while it asked Redis.
    if (isDraining()) return draining
    const waiting = [...(isRedisThere ? [] : ['redis']), ...(oidc.isLoaded() ? [] : ['entra'])]
    if (!presence.wasThere() || !oidc.isLoaded()) return { status: 503, body: { status: 'not-ready', waiting } }
    return { status: 200, body: { status: 'ready', ...(waiting.length > 0 && { waiting }) } }
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
        const { status, body } = await readiness()
        response.status(status).json(body)
      },
    },
  ]
  return exactly('health', doors)
}
