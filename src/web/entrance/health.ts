import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { Presence } from '../../session/redis/presence.ts'
import { type Door, exactly } from './exactly.ts'

/**
 * Step 3: what probes ask. Liveness depends on nothing. Readiness says whether people may be sent here: not before
 * everything was there once, and not after SIGTERM. All replicas share Redis, so one that is away later is named, and takes
 * none of them out: nobody would be left to show the page that explains.
 */
export function createHealth(
  { presence, oidc }: { presence: Presence; oidc: Pick<Oidc, 'isLoaded'> },
  isDraining: () => boolean,
) {
  const draining = { status: 503, body: { status: 'not-ready', waiting: ['draining'] } }

  async function readiness() {
    // Said at once: nobody waits for Redis to learn that requests belong elsewhere.
    if (isDraining()) return draining
    const isRedisThere = await presence.isThere()
    // It may have been told to stop while Redis was asked.
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
