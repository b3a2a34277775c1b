import type { Tokens } from '../entra/oidc.ts'
import { ask, type Redis, unlessWrongType } from './redis.ts'
import type { Seal } from './seal.ts'

/** The tokens of a session, sealed under a key of their own beside it: an ordinary page never loads them. */
export function createVault({ redis, seal, prefix }: { redis: Redis; seal: Seal; prefix: string }) {
  const keyOf = (sessionId: string) => `${prefix}tokens:${sessionId}`
  const pimKeyOf = (sessionId: string) => `${prefix}pim-token:${sessionId}`
  const textAt = (key: string) => ask(unlessWrongType(redis.get(key), null))
  return {
    async keep(sessionId: string, tokens: Tokens, lifetimeMs: number): Promise<void> {
      const key = keyOf(sessionId)
      await ask(redis.set(key, seal.close(JSON.stringify(tokens), key), 'PX', Math.ceil(lifetimeMs)))
    },

    /** New tokens for a session that still has some: one that was ended meanwhile gets none back. */
    async replace(sessionId: string, tokens: Tokens): Promise<void> {
      const key = keyOf(sessionId)
      await ask(redis.set(key, seal.close(JSON.stringify(tokens), key), 'KEEPTTL', 'XX'))
    },

    /** Undefined when there are none, or they are damaged; 'unknown-key' when another replica can open them. */
    async read(sessionId: string): Promise<Tokens | 'unknown-key' | undefined> {
      const key = keyOf(sessionId)
      const opened = seal.open((await textAt(key)) ?? '', key)
      if (opened === 'broken') return undefined
      return opened === 'unknown-key' ? opened : (JSON.parse(opened.text) as Tokens)
    },

    /** The person's token for PIM, until it runs out; never for a session that has ended meanwhile. */
    async keepPim(sessionId: string, { accessToken }: Tokens, lifetimeMs: number): Promise<void> {
      const key = pimKeyOf(sessionId)
      if (lifetimeMs <= 0) return
      await ask(redis.set(key, seal.close(accessToken, key), 'PX', Math.ceil(lifetimeMs)))
      // Looked at after the write, as `forget` removes them in the other order: one of the two sees the other.
      if ((await ask(redis.exists(keyOf(sessionId)))) === 0) await ask(redis.del(key))
    },
    async readPim(sessionId: string): Promise<string | undefined> {
      const key = pimKeyOf(sessionId)
      const opened = seal.open((await textAt(key)) ?? '', key)
      return typeof opened === 'object' ? opened.text : undefined
    },
    dropPim: async (sessionId: string): Promise<void> => {
      await ask(redis.del(pimKeyOf(sessionId)))
    },

    async forget(sessionId: string): Promise<void> {
      await ask(redis.del(keyOf(sessionId)))
      await ask(redis.del(pimKeyOf(sessionId)))
    },
  }
}
export type Vault = ReturnType<typeof createVault>
