import type { Scope } from '../scope.ts'
import { type SealedClient, unread } from './sealed-client.ts'
import { sessionIn, storedFrom } from './stored-session.ts'

/**
 * The same client, for the sessions of one application and what they know of one group. A session of another application
 * counts as nothing here, and stays in Redis. Rejects as the sealed client does.
 */
export const createBoundClient = (client: SealedClient, scope: Scope): SealedClient => ({
  ...client,

  async get(key) {
    const text = await client.get(key)
    return text === null || text === unread ? text : ours(text, scope)
  },

  set: (key, text, ex, seconds) => client.set(key, storedFrom(JSON.parse(text), scope), ex, seconds),

  async change(key, change, seconds) {
    let after: string | undefined
    const done = await client.change(
      key,
      before => {
        const found = ours(before, scope)
        const changed = found === null ? undefined : change(found)
        after = changed ?? found ?? undefined
        return changed === undefined ? undefined : storedFrom(JSON.parse(changed), scope, before)
      },
      seconds,
    )
    return done === null ? null : (after ?? null)
  },
})

/** The session in a stored text as it counts in this scope; null where it is another application's. */
const ours = (text: string, scope: Scope): string | null => {
  const session = sessionIn(text, scope)
  return session ? JSON.stringify(session) : null
}
