import { ask } from '../redis/asking.ts'
import type { Vault } from '../vault.ts'
import type { Census } from './census.ts'
import type { GateCensus } from './gate-census.ts'
import type { Listed, Registry } from './registry.ts'
import type { SealedClient } from './sealed-client.ts'

/**
 * A session is removed again so long (in ms) after it was removed: a fail-over to a replica of Redis that missed the
 * write brings it back.
 */
const repeatsMs = [2_000, 10_000, 60_000]

/**
 * Removes sessions, with their tokens and their places in the indexes. Every method throws Problem('redis-away') when
 * Redis does not confirm that the session itself is gone.
 */
export function createRemoval({
  client,
  keyOf,
  registry,
  vault,
  census,
  gateCensus,
}: {
  client: SealedClient
  keyOf: (sessionId: string) => string
  registry: Registry
  vault: Vault
  census: Pick<Census, 'gone'>
  gateCensus: GateCensus | undefined
}) {
  /** Everything that there may be of a session. */
  async function discard(sessionId: string, identity: Listed | undefined): Promise<void> {
    await ask(client.del([keyOf(sessionId)]))
    await forget(sessionId, identity)
  }

  /** Everything of a session but the session itself. */
  async function forget(sessionId: string, identity: Listed | undefined): Promise<void> {
    census.gone(sessionId)
    gateCensus?.gone(sessionId)
    await Promise.all([vault.forget(sessionId), identity && registry.remove(identity, sessionId)])
  }

  return {
    discard,

    /**
     * Ends a session. Returns whether there was one: of several requests that end the same session, one is told so. The
     * session itself goes first, because it is what lets people in.
     */
    async destroy(sessionId: string, identity: Listed | undefined): Promise<boolean> {
      const count = await ask(client.del([keyOf(sessionId)]))
      // A session that is still being born keeps what belongs to it: the request that begins it learns of the end.
      if (count === 0) return false
      const again = () => discard(sessionId, identity).catch(() => {})
      for (const ms of repeatsMs) setTimeout(again, ms).unref()
      // The session has ended, whether this succeeds or not: a repeat makes up for a failure.
      await forget(sessionId, identity).catch(() => {})
      return true
    },
  }
}
export type Removal = ReturnType<typeof createRemoval>
