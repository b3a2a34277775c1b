import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint } from '../sealing/seal.ts'

type OfEveryone = { everyone: true; but?: string | undefined }
type OfPerson = { person: Pick<Identity, 'tenantId' | 'objectId'>; but?: string | undefined }
type OfLineage = { lineage: string }
type OfEntraSession = { entraSession: string; isOverThere: boolean; isKnown: boolean }
/**
 * Which sessions were ended: all there are or all of a person (except those of the lineage `but`), those of one lineage, or
 * those that one session of Entra opened. `isOverThere`: the session of Entra is over at Entra, too. Not `isKnown`: no
 * session here was opened by it.
 */
export type EndedSessions = OfEveryone | OfPerson | OfLineage | OfEntraSession

/** A session that is being born: since when, as `moment` counts, and when its sign-in began (epoch ms). */
export type BeingBorn = { identity: Identity; lineage: string; since: number; startedAt?: number | undefined }

type EndsNeeds = { redis: Redis; prefix: string; about?: string; maxMs: number; clock: Clock }

/**
 * Adds one to the count, or nothing. The count does not begin anew while anybody needs it. Where the count was lost, or is
 * no number, it goes on from the time of Redis in ms, which lies beyond everything that was counted: an end of the past
 * must not seem to come later. A sign-in that only looks, where nothing was ended, leaves nothing.
 */
const countOn = `local found = redis.pcall('get', KEYS[1])
local count = type(found) == 'string' and tonumber(string.match(found, '^%d+$'))
if not count then
  local time = redis.pcall('time')
  count = time.err and 0 or tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
count = count + tonumber(ARGV[2])
if found or ARGV[2] == '1' then redis.call('set', KEYS[1], string.format('%.0f', count), 'PX', ARGV[1]) end
return count`

const setIfNewer = `local found = redis.pcall('get', KEYS[1])
local count = type(found) == 'string' and tonumber(string.match(found, '^%d+'))
if count and count > tonumber(ARGV[1]) then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', math.max(redis.call('pttl', KEYS[1]), tonumber(ARGV[3])))
return 1`

/** Longer than a sign-in may be on its way. */
const lifeMs = 15 * 60_000
/** Longer than a callback takes. Anybody may say of a session of Entra that it has ended, also of one that nobody here knows. */
const shortLifeMs = 2 * 60_000

/**
 * Remembers for a while which sessions were ended, so that a session of an older state that is being born meanwhile ends
 * as well. A request that ends sessions leaves word here before it looks for them. A request that begins a session looks
 * here when the session is there. So one of the two sees the other. Their order is a count in Redis, which no clock can
 * turn round. `about` is the mark of the installation, whose sessions all may end at once; word of that stays as long as a
 * session may last (`maxMs`). Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createEnds({ redis, prefix, about = '', maxMs, clock }: EndsNeeds) {
  const keyOf = (...name: string[]) => `${prefix}ended:${fingerprint(name.join('\n'))}`
  const keyFor = (ended: OfEveryone | OfPerson | OfLineage | Pick<OfEntraSession, 'entraSession'>): string => {
    if ('everyone' in ended) return keyOf('everyone', about)
    if ('person' in ended) return keyOf('person', ended.person.tenantId, ended.person.objectId)
    return 'lineage' in ended ? keyOf('lineage', ended.lineage) : keyOf('entra-session', ended.entraSession)
  }

  const countedOn = async (more: '0' | '1'): Promise<number> =>
    Number(await ask(redis.eval(countOn, 1, `${prefix}ends`, String(4 * lifeMs), more)))

  /** Where there is no word, no count and no instant: nothing is later than those. */
  async function wordAt(key: string) {
    const [count, at, but] = (await ask(unlessWrongType(redis.get(key), null)))?.split('|') ?? []
    return { count: Number(count), at: Number(at), but }
  }

  async function leaveWord(ended: EndedSessions): Promise<void> {
    const isDated = 'everyone' in ended || ('entraSession' in ended && ended.isOverThere)
    const at = isDated ? clock().getTime() : 0
    const but = ('but' in ended && ended.but) || ''
    const count = await countedOn('1')
    const word = [count, at, but].join('|')
    await ask(redis.eval(setIfNewer, 1, keyFor(ended), String(count), word, String(lifeOf(ended))))
  }

  function lifeOf(ended: EndedSessions): number {
    if ('everyone' in ended) return Math.max(maxMs, lifeMs)
    return 'entraSession' in ended && !ended.isKnown ? shortLifeMs : lifeMs
  }

  return {
    /** A count: each end from now on counts against a sign-in or a session that holds it. */
    moment: () => countedOn('0'),

    /**
     * Leaves word of an end. A Redis that is full is no reason to fail: no session can be born in it either, and ending one
     * must stay possible.
     */
    remember: (ended: EndedSessions): Promise<void> =>
      leaveWord(ended).catch(thrown => {
        if (!isFull(thrown)) throw thrown
      }),

    /**
     * Whether all sessions were ended since this one began (epoch ms): for a session that was not listed, so that the end
     * could not find it.
     */
    async haveMissed({ lineage, signedInAt }: { lineage: string; signedInAt: number }): Promise<boolean> {
      const { at, but } = await wordAt(keyFor({ everyone: true }))
      return at >= signedInAt && but !== lineage
    },

    /** Whether the session that is being born was ended since. */
    async areAbout({ identity, lineage, since, startedAt = Infinity }: BeingBorn): Promise<boolean> {
      const { sid } = identity
      const [ofEveryone, ofPerson, ofLineage, ofEntra] = await Promise.all([
        wordAt(keyFor({ everyone: true })),
        wordAt(keyFor({ person: identity })),
        wordAt(keyFor({ lineage })),
        sid ? wordAt(keyFor({ entraSession: sid })) : undefined,
      ])
      if (ofEveryone.count > since && ofEveryone.but !== lineage) return true
      if (ofPerson.count > since && ofPerson.but !== lineage) return true
      if (ofLineage.count > since) return true
      // Over at Entra: a sign-in that was on its way then belonged to that session. A new session of Entra has another sid.
      return ofEntra !== undefined && (ofEntra.count > since || ofEntra.at > startedAt)
    },
  }
}
const isFull = ({ cause }: Error): boolean => cause instanceof Error && /\bOOM\b/.test(cause.message)

export type Ends = ReturnType<typeof createEnds>
