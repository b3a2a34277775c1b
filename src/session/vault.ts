import { z } from 'zod'
import type { Tokens } from '../entra/oidc.ts'
import { ask, type Redis } from './redis.ts'
import type { Seal } from './seal.ts'
import { createSealedTexts } from './sealed-text.ts'

/** The tokens of a session, sealed under a key of their own beside it: an ordinary page never loads them. */
export function createVault({ redis, seal, prefix }: { redis: Redis; seal: Seal; prefix: string }) {
  const keyOf = (sessionId: string) => `${prefix}tokens:${sessionId}`
  const pimKeyOf = (sessionId: string) => `${prefix}pim-token:${sessionId}`
  const texts = createSealedTexts({ redis, seal })
  return {
    async keep(sessionId: string, tokens: Tokens, lifetimeMs: number): Promise<void> {
      const key = keyOf(sessionId)
      await ask(redis.set(key, seal.close(JSON.stringify(tokens), key), 'PX', Math.ceil(lifetimeMs)))
    },

    /**
     * New tokens in place of those that were redeemed for them. False: others are there by now, or none, because the
     * session was ended or somebody redeemed them later; whoever was stopped meanwhile brings back nothing older.
     */
    replace: (sessionId: string, redeemed: Tokens, tokens: Tokens): Promise<boolean> =>
      texts.change(keyOf(sessionId), text => (isOf(text, redeemed) ? JSON.stringify(tokens) : undefined)),

    /** Whether nobody has put others in their place, or removed them. */
    holds: async (sessionId: string, tokens: Tokens): Promise<boolean> =>
      isOf(await texts.read(keyOf(sessionId)), tokens),

    /** Undefined when there are none, or they are damaged; 'unknown-key' when another replica or release can read them. */
    async read(sessionId: string): Promise<Tokens | 'unknown-key' | undefined> {
      const key = keyOf(sessionId)
      const opened = seal.open((await texts.sealedAt(key)) ?? '', key)
      if (opened === 'broken') return undefined
      return opened === 'unknown-key' ? opened : (tokensIn(opened.text) ?? 'unknown-key')
    },

    /** The person's token for PIM, until it runs out; never for a session that has ended meanwhile. */
    async keepPim(sessionId: string, { accessToken }: Tokens, lifetimeMs: number): Promise<void> {
      const key = pimKeyOf(sessionId)
      if (lifetimeMs <= 0) return
      await ask(redis.set(key, seal.close(accessToken, key), 'PX', Math.ceil(lifetimeMs)))
      // Looked at after the write, as `forget` removes them in the other order: one of the two sees the other.
      if ((await ask(redis.exists(keyOf(sessionId)))) === 0) await ask(redis.del(key))
    },
    readPim: (sessionId: string): Promise<string | undefined> => texts.read(pimKeyOf(sessionId)),
    /** Precisely this one: by now there may be a newer. */
    async dropPim(sessionId: string, token: string): Promise<void> {
      await texts.change(pimKeyOf(sessionId), text => (text === token ? null : undefined))
    },

    async forget(sessionId: string): Promise<void> {
      await ask(redis.del(keyOf(sessionId)))
      await ask(redis.del(pimKeyOf(sessionId)))
    },
  }
}
const tokensShape = z.looseObject({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  idToken: z.string(),
  accessTokenExpiresAt: z.number(),
})

/** As they stand there, with what another release wrote beside; undefined where this one does not understand them. */
function tokensIn(text: string): Tokens | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return tokensShape.safeParse(found).success ? (found as Tokens) : undefined
  } catch {
    return undefined
  }
}

const isOf = (text: string | undefined, tokens: Tokens): boolean => text === JSON.stringify(tokens)

export type Vault = ReturnType<typeof createVault>
