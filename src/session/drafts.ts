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
  /** The mark of the application; absent in drafts that an earlier release kept. */
  app: z.string().optional(),
  fields: z.array(z.tuple([z.string(), z.string()])),
  keptAt: z.int(),
  lifeMs: z.int().optional(),
})
/** The content of a form: names and values in order; a name may come more than once. */
export type Fields = readonly (readonly [name: string, value: string])[]
/** Whose form it is, and the path that it was sent to. */
export type Owner = { person: Pick<Identity, 'tenantId' | 'objectId'>; path: string }

type Spent = { fields?: Fields | undefined; giveBack: () => Promise<void> }

/** This many drafts of one person are kept: a form has 16 kB at most. */
const mostKept = 10
/** This many forms that a person sent are remembered, to send none of them twice. */
const mostSent = 50

/** For a person who takes one more check, in ms. */
export const draftLifeMs = 10 * 60_000
/** For a person who waits for access to be on, in ms. */
export const longDraftLifeMs = 24 * 3_600_000

/**
 * Keeps forms while their sender takes one more check, or has no access. The key of a draft is made of person, path and id
 * together, and the seal is bound to the key: for anyone else, and for another path, the draft does not exist. Every
 * method throws Problem('redis-away') when Redis does not confirm.
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
  const keyOf = (name: string) => `${config.redis.prefix}draft:${name}`
  const now = () => clock().getTime()

  /** Another replica may still open a draft that does not open here, so it is not removed: Redis removes it in time. */
  function fieldsIn(sealed: string | null, key: string): Fields | undefined {
    const opened = seal.open(sealed ?? '', key)
    if (typeof opened !== 'object') return undefined
    const { data: draft } = draftShape.safeParse(JSON.parse(opened.text))
    if (draft?.app !== undefined && draft.app !== app) return undefined
    return draft && now() - draft.keptAt < (draft.lifeMs ?? draftLifeMs) ? draft.fields : undefined
  }

  /** Of too many drafts of one person the oldest goes. Listed first, so that no draft is there uncounted. */
  async function shelve(owner: Owner, id: string, sealed: string, lifeMs: number): Promise<void> {
    const name = nameFor(owner, id)
    const { fallen } = await shelves.put(shelfOf('kept', owner), name, { most: mostKept, lifeMs })
    await Promise.all(fallen.map(each => ask(redis.del(keyOf(each)))))
    await ask(redis.set(keyOf(name), sealed, 'PX', lifeMs))
  }

  /** Whether the form of this draft was sent. */
  const wasSent = (owner: Owner, id: string): Promise<boolean> =>
    shelves.has(shelfOf('sent', owner), nameFor(owner, id))

  return {
    wasSent,

    /** Keeps a form for `lifeMs`. Returns the id that finds it again. A draft that has an id already keeps it. */
    async keep(
      owner: Owner,
      fields: Fields,
      lifeMs = draftLifeMs,
      id = randomBytes(16).toString('base64url'),
    ): Promise<string> {
      const text = JSON.stringify({ app, fields, keptAt: now(), lifeMs })
      await shelve(owner, id, seal.close(text, keyOf(nameFor(owner, id))), lifeMs)
      return id
    },

    /** The form of a draft, which stays; undefined where this person has no such draft of this path. */
    async look(owner: Owner, id: string): Promise<Fields | undefined> {
      const key = keyOf(nameFor(owner, id))
      return fieldsIn(await ask(redis.get(key)), key)
    },

    /**
     * Uses a draft up, for the request that sends its form. A request that sends the form once more gets 'sent-before'. A
     * form that is not kept here (any more) is just sent. `giveBack` undoes this, for a form that could not be sent.
     */
    async spend(owner: Owner, id: string): Promise<'sent-before' | Spent> {
      const [name, kept, sent] = [nameFor(owner, id), shelfOf('kept', owner), shelfOf('sent', owner)]
      const found = await ask(redis.get(keyOf(name)))
      if (found === null) return (await wasSent(owner, id)) ? 'sent-before' : { giveBack: async () => {} }
      // Before the draft is gone: another request finds one of the two.
      const { isNew } = await shelves.put(sent, name, { most: mostSent, lifeMs: longDraftLifeMs })
      if (!isNew) return 'sent-before'
      const sealed = (await ask(redis.getdel(keyOf(name)))) ?? found
      await shelves.remove(kept, name)
      return {
        fields: fieldsIn(sealed, keyOf(name)),
        giveBack: async () => {
          await shelve(owner, id, sealed, longDraftLifeMs)
          await shelves.remove(sent, name)
        },
      }
    },
  }
}
export type Drafts = ReturnType<typeof createDrafts>

const nameFor = ({ person: { tenantId, objectId }, path }: Owner, id: string): string =>
  fingerprint([tenantId, objectId, path, id].join('\n'))

const shelfOf = (kind: 'kept' | 'sent', { person: { tenantId, objectId } }: Owner): string =>
  `${kind}:${fingerprint([tenantId, objectId].join('\n'))}`
