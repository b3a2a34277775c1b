import { z } from 'zod'
import type { Identity } from '../../entra/claims.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { createSealedTexts } from '../sealing/sealed-text.ts'

const farewellShape = z.object({ by: z.string(), reason: z.string(), at: z.number() })
/** Who ended a session of somebody else, why, and when (epoch ms). */
export type Farewell = z.infer<typeof farewellShape>

type Person = Pick<Identity, 'tenantId' | 'objectId'>

/** Somebody who comes back later wonders no more. */
const lifeMs = 24 * 3_600_000

/**
 * Remembers why sessions of a person were ended by somebody else, so that the person can be told when they have signed in
 * again. The last end counts. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createFarewells({
  redis,
  seal,
  prefix,
  about,
}: {
  redis: Redis
  seal: Seal
  prefix: string
  /** The mark of the application, because several may share a Redis. */
  about: string
}) {
  const keyOf = ({ tenantId, objectId }: Person) =>
    `${prefix}farewell:${fingerprint([about, tenantId, objectId].join('\n'))}`
  const texts = createSealedTexts({ redis, seal })

  return {
    leave: (person: Person, farewell: Farewell): Promise<void> =>
      texts.write(keyOf(person), JSON.stringify(farewell), lifeMs),

    /** What was left for this person, and only once; undefined where nothing was. */
    async take(person: Person): Promise<Farewell | undefined> {
      let found: string | undefined
      const isOurs = await texts.change(keyOf(person), text => {
        found = text
        return text === undefined ? undefined : null
      })
      return isOurs && found !== undefined ? farewellShape.safeParse(JSON.parse(found)).data : undefined
    },
  }
}
export type Farewells = ReturnType<typeof createFarewells>
