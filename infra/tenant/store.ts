import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { createMemory, type Memory } from './memory.ts'
import type { Switches } from './switches/switches.ts'

type Entry = { payload: AdapterPayload; at: number }
export type Store = { adapter: (model: string) => Adapter; clear(): void }

const minute = 60_000
const day = 24 * 60 * minute

/** How long each kind of thing is valid, by the tenant's clock (ms). A refresh token is valid for 90 days without use. */
const lifetimesMs: Record<string, number> = {
  AuthorizationCode: 10 * minute,
  RefreshToken: 90 * day,
  Session: day,
  Interaction: 60 * minute,
}

/** The kinds that survive a kill of the tenant: sign-ins do, requests on their way do not. */
const lasting = /^(RefreshToken|Grant|Session|AccessToken):/

/** oidc-provider's memory, with lifetimes by the tenant's clock instead of the machine's. */
export function createStore(
  clock: () => Date,
  switches: Pick<Switches, 'refreshReuseDetection'>,
  memory: Memory = createMemory(undefined),
): Store {
  const entries = new Map<string, Entry>((memory.recall('entries') as [string, Entry][] | undefined) ?? [])
  // Sign-ins whose refresh token was sent twice. One of the two holders is a thief, so neither can use it again.
  const endedGrants = new Set<string | undefined>()
  return { adapter, clear }

  function keep(): void {
    memory.keep(
      'entries',
      [...entries].filter(([name]) => lasting.test(name)),
    )
  }

  function clear(): void {
    entries.clear()
    endedGrants.clear()
    keep()
  }

  function adapter(model: string): Adapter {
    const nameOf = (id: string) => `${model}:${id}`

    return {
      async upsert(id, payload) {
        entries.set(nameOf(id), { payload, at: clock().getTime() })
        if (lasting.test(nameOf(id))) keep()
      },
      async find(id) {
        const payload = current(nameOf(id))
        if (model === 'RefreshToken' && payload?.consumed) endedGrants.add(payload.grantId)
        return payload
      },
      async findByUid(uid) {
        for (const [name, { payload }] of entries)
          if (name.startsWith(`${model}:`) && payload.uid === uid) return current(name)
        return undefined
      },
      async findByUserCode() {
        return undefined
      },
      async consume(id) {
        const entry = entries.get(nameOf(id))
        // An old refresh token stays valid after a new one was issued, unless the switch for reuse is on.
        if (!entry || (model === 'RefreshToken' && !switches.refreshReuseDetection)) return
        if (model === 'RefreshToken' && entry.payload.consumed) refuseReuse(entry.payload)
        entry.payload.consumed = Math.floor(clock().getTime() / 1000)
      },
      async destroy(id) {
        // A code redeemed twice is refused, but does not take the tokens of the first redemption with it. A refresh
        // token that was sent twice is kept, so that it stays known as used.
        if (model !== 'Grant' && model !== 'RefreshToken') entries.delete(nameOf(id))
      },
      async revokeByGrantId() {},
    }

    // Two redemptions at the same moment: both were found valid before either was used up.
    function refuseReuse({ grantId }: AdapterPayload): never {
      endedGrants.add(grantId)
      throw new errors.InvalidGrant('refresh token already used')
    }

    function current(name: string): AdapterPayload | undefined {
      const entry = entries.get(name)
      if (!entry) return undefined
      if (model === 'RefreshToken' && endedGrants.has(entry.payload.grantId)) return { ...entry.payload, consumed: 1 }
      const over = clock().getTime() - entry.at >= (lifetimesMs[model] ?? Number.POSITIVE_INFINITY)
      return over ? { ...entry.payload, exp: 1 } : entry.payload
    }
  }
}
