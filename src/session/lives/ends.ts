import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint } from '../sealing/seal.ts'

/**
 * Of whom sessions were ended: all of a person (but those of one lineage), of one lineage, of one session of Entra. That
 * one is over at Entra where `isOverThere`; where it is not `isKnown`, no session here is of it.
 */
export type Ended =
  | { person: Person; but?: string | undefined }
  | { lineage: string }
  | { entraSession: string; isOverThere: boolean; isKnown: boolean }
type Person = Pick<Identity, 'tenantId' | 'objectId'>

/** A session that is being born: since when, as `moment` counts, and when its sign-in began (epoch ms). */
export type Birth = { identity: Identity; lineage: string; since: number; startedAt?: number | undefined }

/**
 * Counts one, or none. While anybody needs the count it does not begin anew; where it was lost, or is none, it goes on from
 * Redis's own time in ms, beyond all that was counted: what was ended before must not seem to come later.
 * A sign-in that only looks, where nothing was ended, leaves nothing.
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
/** Longer than a callback takes. Anybody may say that a session of Entra has ended which nobody here knows. */
const shortLifeMs = 2 * 60_000

/**
 * Remembers for a while what was ended, so that a session that is being born meanwhile, of an older state, ends as well.
 * Whoever ends something remembers it before they look for sessions; whoever begins a session looks here when it is there:
 * one of the two sees the other. The order is a count in Redis, which no clock can turn round.
 */
export function createEnds({ redis, prefix, clock }: { redis: Redis; prefix: string; clock: Clock }) {
  const keyOf = (...name: string[]) => `${prefix}ended:${fingerprint(name.join('\n'))}`
  const personKey = ({ tenantId, objectId }: Person) => keyOf('person', tenantId, objectId)
  const lineageKey = (lineage: string) => keyOf('lineage', lineage)
  const entraKey = (sid: string) => keyOf('entra-session', sid)
  const keyFor = (ended: Ended): string => {
    if ('person' in ended) return personKey(ended.person)
    return 'lineage' in ended ? lineageKey(ended.lineage) : entraKey(ended.entraSession)
  }

  const counted = async (more: '0' | '1'): Promise<number> =>
    Number(await ask(redis.eval(countOn, 1, `${prefix}ends`, String(4 * lifeMs), more)))

  async function wordAt(key: string) {
    const [count = '', at = '', but = ''] = (await ask(unlessWrongType(redis.get(key), null)))?.split('|') ?? []
    return { count: Number(count) || 0, at: Number(at) || 0, but }
  }

  async function written(ended: Ended): Promise<void> {
    const at = 'entraSession' in ended && ended.isOverThere ? clock().getTime() : 0
    const but = ('person' in ended && ended.but) || ''
    const count = await counted('1')
    const word = [count, at, but].join('|')
    const life = 'entraSession' in ended && !ended.isKnown ? shortLifeMs : lifeMs
    await ask(redis.eval(setIfNewer, 1, keyFor(ended), String(count), word, String(life)))
  }

  return {
    /** What is ended from now on counts against whoever holds this. */
    moment: () => counted('0'),

    /** In a Redis that is full no session can be born either, and ending one must not fail for that. */
    remember: (ended: Ended): Promise<void> =>
      written(ended).catch(thrown => {
        if (!isFull(thrown)) throw thrown
      }),

    /** Whether what is being born was ended since. */
    async areAbout({ identity, lineage, since, startedAt = Infinity }: Birth): Promise<boolean> {
      const { sid } = identity
      const [ofPerson, ofLineage, ofEntra] = await Promise.all([
        wordAt(personKey(identity)),
        wordAt(lineageKey(lineage)),
        sid ? wordAt(entraKey(sid)) : undefined,
      ])
      if (ofPerson.count > since && ofPerson.but !== lineage) return true
      if (ofLineage.count > since) return true
      // Over at Entra: a sign-in that was on its way then was of that session. A new one there has another sid.
      return ofEntra !== undefined && (ofEntra.count > since || ofEntra.at > startedAt)
    },
  }
}
const isFull = ({ cause }: Error): boolean => cause instanceof Error && /\bOOM\b/.test(cause.message)

export type Ends = ReturnType<typeof createEnds>
