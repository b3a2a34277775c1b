import { sessionIn, storedFrom } from './lives/stored-session.ts'
import type { Scope } from './scope.ts'
import { type SealedClient, unread } from './sealing/sealed-client.ts'

/**
 * The same client, for the sessions of one application and what they know of one group: another application's session is
 * nothing here, and stays.
 */
export const createBoundClient = (client: SealedClient, scope: Scope): SealedClient => ({
  ...client,

  async get(key) {
    const text = await client.get(key)
    return text === null || text === unread ? text : here(text, scope)
  },

  set: (key, text, ex, seconds) => client.set(key, storedFrom(JSON.parse(text), scope), ex, seconds),

  async change(key, change, seconds) {
    let after: string | undefined
    const done = await client.change(
      key,
      before => {
        const found = here(before, scope)
        const changed = found === null ? undefined : change(found)
        after = changed ?? found ?? undefined
        return changed === undefined ? undefined : storedFrom(JSON.parse(changed), scope, before)
      },
      seconds,
    )
    return done === null ? null : (after ?? null)
  },
})

const here = (text: string, scope: Scope): string | null => {
  const session = sessionIn(text, scope)
  return session ? JSON.stringify(session) : null
}
