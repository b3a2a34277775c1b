import { parse } from 'cookie'
import type { Request } from 'express'
import { z } from 'zod'
import type { OurCookies } from '../cookies.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { createSealedTexts } from '../sealing/sealed-text.ts'
import { signedId } from '../sealing/signed-id.ts'
import { sessionCookie } from './request-session.ts'

const farewellShape = z.object({ by: z.string(), reason: z.string(), at: z.number() })
/** Who ended a session of somebody else, why, and when (epoch ms). */
export type Farewell = z.infer<typeof farewellShape>

/** A browser that comes back later is a new day's. */
const lifeMs = 24 * 3_600_000

/**
 * Remembers why a session was ended by somebody else, by the id that the person's browser still holds, so that the browser
 * is told once. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createFarewells({
  redis,
  seal,
  cookies,
  prefix,
}: {
  redis: Redis
  seal: Seal
  cookies: OurCookies
  prefix: string
}) {
  const cookieName = cookies.named(sessionCookie)
  const keyOf = (sessionId: string) => `${prefix}farewell:${fingerprint(sessionId)}`
  const texts = createSealedTexts({ redis, seal })

  return {
    leave: (sessionId: string, farewell: Farewell): Promise<void> =>
      texts.write(keyOf(sessionId), JSON.stringify(farewell), lifeMs),

    /**
     * What was left for the browser that asks, and only once; undefined where nothing was. A browser without a cookie of
     * ours is not looked for.
     */
    async take(request: Request): Promise<Farewell | undefined> {
      const id = signedId(parse(request.headers.cookie ?? '')[cookieName], seal.signing)
      if (id === undefined) return undefined
      const text = await texts.read(keyOf(id))
      if (text === undefined) return undefined
      await texts.change(keyOf(id), () => null)
      return farewellShape.safeParse(JSON.parse(text)).data
    },
  }
}
export type Farewells = ReturnType<typeof createFarewells>
