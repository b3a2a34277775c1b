import { z } from 'zod'
import type { Tokens } from '../entra/oidc/oidc.ts'
import { ask } from './redis/asking.ts'
import type { Redis } from './redis/redis.ts'
import type { Seal } from './sealing/seal.ts'
import { createSealedTexts } from './sealing/sealed-text.ts'

/** The tokens of a session, sealed under a key of their own beside it: an ordinary page never loads them. */
export function createVault({
  redis,
  seal,
  prefix,
  idleMs = Infinity,
}: {
  redis: Redis
  seal: Seal
  prefix: string
  /** A session that is not used is over after so long; its token for PIM goes with it. */
  idleMs?: number
}) {
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

    /** For a session that goes on: its tokens last for so long from now, that for PIM no longer than it counts. */
    async prolong(sessionId: string, { lifeMs, now }: { lifeMs: number; now: number }): Promise<void> {
      await ask(redis.pexpire(keyOf(sessionId), Math.ceil(lifeMs)))
      const kept = pimIn(await texts.read(pimKeyOf(sessionId)))
      if (kept) await ask(redis.pexpire(pimKeyOf(sessionId), lifeOf(kept.until - now, lifeMs)))
    },

    /** The person's token for PIM, until (epoch ms) it runs out; never for a session that has ended meanwhile. */
    async keepPim(
      sessionId: string,
      { accessToken }: Tokens,
      { until, now }: { until: number; now: number },
    ): Promise<void> {
      const key = pimKeyOf(sessionId)
      if (until <= now) return
      const text = JSON.stringify({ accessToken, until })
      await ask(redis.set(key, seal.close(text, key), 'PX', lifeOf(until - now, idleMs)))
      // Looked at after the write, as `forget` removes them in the other order: one of the two sees the other.
      if ((await ask(redis.exists(keyOf(sessionId)))) === 0) await ask(redis.del(key))
    },
    readPim: async (sessionId: string): Promise<string | undefined> =>
      pimIn(await texts.read(pimKeyOf(sessionId)))?.accessToken,
    /** Precisely this one: by now there may be a newer. */
    async dropPim(sessionId: string, token: string): Promise<void> {
      await texts.change(pimKeyOf(sessionId), text => (pimIn(text)?.accessToken === token ? null : undefined))
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

const pimShape = z.object({ accessToken: z.string(), until: z.number() })

/** Undefined, too, for one that another release kept otherwise: a new one is made. */
function pimIn(text: string | undefined): z.infer<typeof pimShape> | undefined {
  try {
    return pimShape.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

const lifeOf = (...ms: readonly number[]): number => Math.max(1, Math.ceil(Math.min(...ms)))

const isOf = (text: string | undefined, tokens: Tokens): boolean => text === JSON.stringify(tokens)

export type Vault = ReturnType<typeof createVault>
