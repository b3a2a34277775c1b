import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Identity } from '../entra/claims.ts'
import { ask } from './redis/asking.ts'
import type { Redis } from './redis/redis.ts'
import { createShelves } from './replicas/shelves.ts'
import { fingerprint, type Seal } from './sealing/seal.ts'

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

type Spent = { fields?: Fields | undefined; giveBack: () => Promise<void> }

/** What one person may leave here: a form has 16 kB at most. */
const mostKept = 10
/** So many that were sent are remembered, to send none of them twice. */
const mostSent = 50

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
  const shelves = createShelves({ redis, prefix: config.redis.prefix })
  const nameOf = ({ person: { tenantId, objectId }, path }: Owner, id: string) =>
    fingerprint([tenantId, objectId, path, id].join('\n'))
  const keyOf = (name: string) => `${config.redis.prefix}draft:${name}`
  const shelfOf = (kind: 'kept' | 'sent', { person: { tenantId, objectId } }: Owner) =>
    `${kind}:${fingerprint([tenantId, objectId].join('\n'))}`

  /** One that is nothing here may be opened by another replica, or counts by its clock: Redis removes it in time. */
  function opened(sealed: string | null, key: string): Fields | undefined {
    const found = seal.open(sealed ?? '', key)
    if (typeof found !== 'object') return undefined
    const { data: draft } = draftShape.safeParse(JSON.parse(found.text))
    if (draft?.app !== undefined && draft.app !== app) return undefined
    return draft && clock().getTime() - draft.keptAt < (draft.lifeMs ?? draftLifeMs) ? draft.fields : undefined
  }

  /** Of one person so many are kept: the oldest goes. Listed first, so that none is there uncounted. */
  async function shelve(owner: Owner, id: string, sealed: string, lifeMs: number): Promise<void> {
    const name = nameOf(owner, id)
    const { fallen } = await shelves.put(shelfOf('kept', owner), name, { most: mostKept, lifeMs })
    await Promise.all(fallen.map(each => ask(redis.del(keyOf(each)))))
    await ask(redis.set(keyOf(name), sealed, 'PX', lifeMs))
  }

  const wasSent = (owner: Owner, id: string): Promise<boolean> => shelves.has(shelfOf('sent', owner), nameOf(owner, id))

  return {
    wasSent,

    /** Returns the id that finds it again; one that is given is kept on under it. Throws Problem('redis-away'). */
    async keep(
      owner: Owner,
      fields: Fields,
      lifeMs = draftLifeMs,
      id = randomBytes(16).toString('base64url'),
    ): Promise<string> {
      const text = JSON.stringify({ app, fields, keptAt: clock().getTime(), lifeMs })
      await shelve(owner, id, seal.close(text, keyOf(nameOf(owner, id))), lifeMs)
      return id
    },

    /** Undefined where there is none for this person, of this path. Uses nothing up. */
    async look(owner: Owner, id: string): Promise<Fields | undefined> {
      const key = keyOf(nameOf(owner, id))
      return opened(await ask(redis.get(key)), key)
    },

    /**
     * For the request that sends the form: it is gone, and whoever sends it once more learns that it was sent. What is
     * not kept here (any more) is just sent. `giveBack` is for one that came to nothing.
     */
    async spend(owner: Owner, id: string): Promise<'sent-before' | Spent> {
      const [name, kept, sent] = [nameOf(owner, id), shelfOf('kept', owner), shelfOf('sent', owner)]
      const found = await ask(redis.get(keyOf(name)))
      if (found === null) return (await wasSent(owner, id)) ? 'sent-before' : { giveBack: async () => {} }
      // Before it is gone: another request finds one of the two.
      const { isNew } = await shelves.put(sent, name, { most: mostSent, lifeMs: longDraftLifeMs })
      if (!isNew) return 'sent-before'
      const sealed = (await ask(redis.getdel(keyOf(name)))) ?? found
      await shelves.remove(kept, name)
      return {
        fields: opened(sealed, keyOf(name)),
        giveBack: async () => {
          await shelve(owner, id, sealed, longDraftLifeMs)
          await shelves.remove(sent, name)
        },
      }
    },
  }
}
export type Drafts = ReturnType<typeof createDrafts>
