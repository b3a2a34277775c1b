import type { Adapter, AdapterPayload } from 'oidc-provider'

export type Store = { adapter: (model: string) => Adapter; clear(): void }

const minute = 60_000
const day = 24 * 60 * minute

/** How long each kind of thing is good for, by the tenant's clock. Refresh tokens: 90 days without use. */
const lifetimesMs: Record<string, number> = {
  AuthorizationCode: 10 * minute,
  RefreshToken: 90 * day,
  Session: day,
  Interaction: 60 * minute,
}

/** oidc-provider's memory, with lifetimes that follow the tenant's clock where the library would ask the machine's. */
export function createStore(clock: () => Date): Store {
  const entries = new Map<string, { payload: AdapterPayload; at: number }>()
  return { adapter, clear: () => entries.clear() }

  function adapter(model: string): Adapter {
    const nameOf = (id: string) => `${model}:${id}`

    return {
      async upsert(id, payload) {
        entries.set(nameOf(id), { payload, at: clock().getTime() })
      },
      async find(id) {
        return current(nameOf(id))
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
        // An old refresh token stays good after a new one was issued: only codes are used up.
        const entry = entries.get(nameOf(id))
        if (entry && model !== 'RefreshToken') entry.payload.consumed = Math.floor(clock().getTime() / 1000)
      },
      async destroy(id) {
        // A code redeemed twice is refused, but does not take the tokens of the first redemption with it.
        if (model !== 'Grant') entries.delete(nameOf(id))
      },
      async revokeByGrantId() {},
    }

    function current(name: string): AdapterPayload | undefined {
      const entry = entries.get(name)
      if (!entry) return undefined
      const over = clock().getTime() - entry.at >= (lifetimesMs[model] ?? Number.POSITIVE_INFINITY)
      return over ? { ...entry.payload, exp: 1 } : entry.payload
    }
  }
}
