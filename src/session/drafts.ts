import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Identity } from '../entra/claims.ts'
import { ask, type Redis } from './redis.ts'
import { fingerprint, type Seal } from './seal.ts'

const draftShape = z.object({
  /** Absent in those that an earlier release kept. */
  app: z.string().optional(),
  fields: z.array(z.tuple([z.string(), z.string()])),
  keptAt: z.int(),
  lifeMs: z.int().optional(),
})
/** What a form held: names and values in order; a name may come more than once. */
export type Fields = readonly (readonly [name: string, value: string])[]
/** Whose form it is, and the path that it was sent to. */
export type Owner = { person: Pick<Identity, 'tenantId' | 'objectId'>; path: string }

/** While somebody takes one more check, and while they wait for access to be on. */
export const draftLifeMs = 10 * 60_000
export const longDraftLifeMs = 24 * 3_600_000

/**
 * Forms that are kept while their sender takes one more check, or has no access. The key is made of person, path and id together, and the
 * seal is bound to it: for anyone else, and for another path, a draft does not exist.
 */
export function createDrafts({
  config,
  clock,
  redis,
  seal,
  app,
}: {
  config: { redis: Pick<Config['redis'], 'prefix'> }
  clock: Clock
  redis: Redis
  seal: Seal
  /** The mark of the application: the same path may mean something else in another one. */
  app?: string
}) {
  const keyOf = ({ person: { tenantId, objectId }, path }: Owner, id: string) =>
    `${config.redis.prefix}draft:${fingerprint([tenantId, objectId, path, id].join('\n'))}`

  function opened(sealed: string | null, key: string): Fields | undefined {
    const found = seal.open(sealed ?? '', key)
    if (typeof found !== 'object') return undefined
    const { data: draft } = draftShape.safeParse(JSON.parse(found.text))
    if (draft?.app !== undefined && draft.app !== app) return undefined
    return draft && clock().getTime() - draft.keptAt < (draft.lifeMs ?? draftLifeMs) ? draft.fields : undefined
  }

  return {
    /** Returns the id that takes it out again. Throws Problem('redis-away'). */
    async keep(owner: Owner, fields: Fields, lifeMs = draftLifeMs): Promise<string> {
      const id = randomBytes(16).toString('base64url')
      const key = keyOf(owner, id)
      const text = JSON.stringify({ app, fields, keptAt: clock().getTime(), lifeMs })
      await ask(redis.set(key, seal.close(text, key), 'PX', lifeMs))
      return id
    },

    /**
     * Takes a draft out, once: whoever comes second finds nothing, and so does whoever comes after its life. One that is
     * nothing here stays for a replica that can open it, or whose clock is another; Redis removes it in time.
     */
    async take(owner: Owner, id: string): Promise<Fields | undefined> {
      const key = keyOf(owner, id)
      if (!opened(await ask(redis.get(key)), key)) return undefined
      return opened(await ask(redis.getdel(key)), key)
    },

    /** The same, without using it up. */
    async look(owner: Owner, id: string): Promise<Fields | undefined> {
      const key = keyOf(owner, id)
      return opened(await ask(redis.get(key)), key)
    },
  }
}
export type Drafts = ReturnType<typeof createDrafts>
