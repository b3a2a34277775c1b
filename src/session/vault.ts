import { z } from 'zod'
import type { PimWork } from '../entra/oidc/scopes.ts'
import type { Tokens } from '../entra/oidc/signed-in.ts'
import { ask } from './redis/asking.ts'
import type { Redis } from './redis/redis.ts'
import type { Seal } from './sealing/seal.ts'
import { createSealedTexts, wholeMs } from './sealing/sealed-text.ts'

/**
 * The tokens of a session, sealed under a key of their own beside it: an ordinary page never loads them. Every method
 * throws Problem('redis-away') when Redis does not confirm.
 */
export function createVault({
  redis,
  seal,
  prefix,
  idleMs = Infinity,
}: {
  redis: Redis
  seal: Seal
  prefix: string
  /** A session that is not used is over after this long; its tokens for PIM go with it. */
  idleMs?: number
}) {
  const tokensKey = (sessionId: string) => `${prefix}tokens:${sessionId}`
  const pimTokenKey = (sessionId: string, work: PimWork = 'own-access') =>
    `${prefix}${pimTokenNames[work]}:${sessionId}`
  const texts = createSealedTexts({ redis, seal })

  return {
    /** Keeps the tokens of a session that begins. */
    keep: (sessionId: string, tokens: Tokens, lifeMs: number): Promise<void> =>
      texts.write(tokensKey(sessionId), JSON.stringify(tokens), lifeMs),

    /**
     * Puts new tokens in place of those that were redeemed for them. False: other tokens are there by now, or none,
     * because the session was ended or somebody redeemed tokens later. A request that was stopped meanwhile brings back
     * nothing older.
     */
    replace: (sessionId: string, redeemed: Tokens, tokens: Tokens): Promise<boolean> =>
      texts.change(tokensKey(sessionId), text => (isTextOf(redeemed, text) ? JSON.stringify(tokens) : undefined)),

    /** Whether these tokens are still there: nobody has put others in their place, or removed them. */
    holds: async (sessionId: string, tokens: Tokens): Promise<boolean> =>
      isTextOf(tokens, await texts.read(tokensKey(sessionId))),

    /** Undefined when there are none, or they are damaged; 'unknown-key' when another replica or release can read them. */
    async read(sessionId: string): Promise<Tokens | 'unknown-key' | undefined> {
      const key = tokensKey(sessionId)
      const opened = seal.open((await texts.sealedAt(key)) ?? '', key)
      if (opened === 'broken') return undefined
      return opened === 'unknown-key' ? opened : (tokensIn(opened.text) ?? 'unknown-key')
    },

    /**
     * Lets the tokens of a session that goes on last for `lifeMs` from `now` (epoch ms), and its tokens for PIM no longer
     * than each of them counts.
     */
    async prolong(sessionId: string, { lifeMs, now }: { lifeMs: number; now: number }): Promise<void> {
      await ask(redis.pexpire(tokensKey(sessionId), Math.ceil(lifeMs)))
      for (const work of pimWorks) {
        const kept = pimTokenIn(await texts.read(pimTokenKey(sessionId, work)))
        if (kept) await ask(redis.pexpire(pimTokenKey(sessionId, work), wholeMs(kept.until - now, lifeMs)))
      }
    },

    /**
     * Keeps the person's token for this work at PIM until it runs out (`until`; both instants in epoch ms). A session that
     * has ended meanwhile leaves none.
     */
    async keepPim(
      sessionId: string,
      { accessToken }: Tokens,
      { until, now, work }: { until: number; now: number; work?: PimWork },
    ): Promise<void> {
      if (until <= now) return
      const key = pimTokenKey(sessionId, work)
      await texts.write(key, JSON.stringify({ accessToken, until }), Math.min(until - now, idleMs))
      // Looked at after the write, while `forget` removes the session's tokens first: one of the two sees the other.
      if ((await ask(redis.exists(tokensKey(sessionId)))) === 0) await ask(redis.del(key))
    },

    /** The person's token for this work at PIM; undefined when there is none. */
    readPim: async (sessionId: string, work?: PimWork): Promise<string | undefined> =>
      pimTokenIn(await texts.read(pimTokenKey(sessionId, work)))?.accessToken,

    /** Removes precisely this token for PIM: by now there may be a newer one. */
    async dropPim(sessionId: string, token: string, work?: PimWork): Promise<void> {
      await texts.change(pimTokenKey(sessionId, work), text =>
        pimTokenIn(text)?.accessToken === token ? null : undefined,
      )
    },

    /** Removes all tokens of a session. */
    async forget(sessionId: string): Promise<void> {
      await ask(redis.del(tokensKey(sessionId)))
      for (const work of pimWorks) await ask(redis.del(pimTokenKey(sessionId, work)))
    },
  }
}

// A token with which one may change other people's access is never where a page about one's own access looks.
const pimTokenNames = { 'own-access': 'pim-token', administration: 'administration-token' } as const
const pimWorks = Object.keys(pimTokenNames) as PimWork[]

export type Vault = ReturnType<typeof createVault>

const tokensShape = z.looseObject({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  idToken: z.string(),
  accessTokenExpiresAt: z.number(),
})

/** The tokens as they stand there, with fields that another release added; undefined where this release does not understand them. */
function tokensIn(text: string): Tokens | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return tokensShape.safeParse(found).success ? (found as Tokens) : undefined
  } catch {
    return undefined
  }
}

const pimTokenShape = z.object({ accessToken: z.string(), until: z.number() })

/** Undefined also where another release kept the token in another shape: then a new one is made. */
function pimTokenIn(text: string | undefined): z.infer<typeof pimTokenShape> | undefined {
  try {
    return pimTokenShape.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

const isTextOf = (tokens: Tokens, text: string | undefined): boolean => text === JSON.stringify(tokens)
