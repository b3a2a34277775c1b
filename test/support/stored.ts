import { createHmac } from 'node:crypto'
import type { Drafts, Fields, Owner } from '../../src/session/drafts.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import type { House } from './house.ts'
import { isOfTrail } from './redis/of-trail.ts'
import type { Visitor } from './visitor.ts'

/** The id of the session that a browser's cookie names. */
export const sessionIdOf = (visitor: Visitor): string => {
  const [, id = ''] = /^s:([^.]+)\./.exec(decodeURIComponent(visitor.cookies().get('gatehouse') ?? '')) ?? []
  return id
}
export const sessionKeyOf = ({ prefix }: House, visitor: Visitor): string => `${prefix}session:${sessionIdOf(visitor)}`
export const keysOf = async ({ redis, prefix }: House, kind = ''): Promise<string[]> =>
  (await redis.keys(`${prefix}${kind}*`)).filter(key => !isOfTrail([key])).sort()

const sealOf = ({ config }: House) => createSeal(config.session.secrets)

/** The stored session of a visitor, opened. */
export async function storedOf(house: House, visitor: Visitor) {
  const key = sessionKeyOf(house, visitor)
  const opened = sealOf(house).open((await house.redis.get(key)) ?? '', key)
  if (typeof opened !== 'object') throw new Error(`the session does not open: ${opened}`)
  return JSON.parse(opened.text)
}
/** Puts a text in the place of a visitor's session, sealed as the application would seal it. */
export async function store(house: House, visitor: Visitor, text: string): Promise<void> {
  const key = sessionKeyOf(house, visitor)
  await house.redis.set(key, sealOf(house).close(text, key), 'EX', 600)
}

/** A session cookie for any id, signed as the application would sign it. Nobody outside can make one. */
export function signedCookie({ config }: House, id: string): string {
  const [secret = ''] = sealOf({ config } as House).signing
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
  return encodeURIComponent(`s:${id}.${signature}`)
}

export const eventsIn = (logged: readonly string[], event: string) =>
  logged.map(line => JSON.parse(line)).filter(line => line.event === event)

/** Everything that a house keeps in Redis, as a stranger who can read there would see it; `ttl` in ms. */
export async function everythingIn(house: House): Promise<{ key: string; text: string; ttl: number }[]> {
  const { redis } = house
  return Promise.all(
    (await keysOf(house)).map(async key => {
      const type = await redis.type(key)
      const text =
        type === 'zset'
          ? (await redis.zrange(key, '0', '-1', 'WITHSCORES')).join(' ')
          : type === 'string'
            ? ((await redis.get(key)) ?? '')
            : `unexpected ${type}`
      return { key, text, ttl: await redis.pttl(key) }
    }),
  )
}

/** The fields of a form that was kept, for the first request that sends it; undefined for every later one. */
export async function taken(drafts: Drafts, owner: Owner, id: string): Promise<Fields | undefined> {
  const spent = await drafts.spend(owner, id)
  return spent === 'sent-before' ? undefined : spent.fields
}

/** The keys in which Redis still holds something of a session: the session, its tokens, its places in the indexes. */
export async function tracesOf({ redis, prefix }: House, sessionId: string): Promise<string[]> {
  const keys = await redis.keys(`${prefix}*`)
  const listed = await Promise.all(
    keys
      .filter(key => /:(person|entra-session):/.test(key))
      .map(async key => ((await redis.zscore(key, sessionId)) === null ? [] : [key])),
  )
  return [...keys.filter(key => key.endsWith(`:${sessionId}`)), ...listed.flat()].map(key => key.slice(prefix.length))
}

/** Ends every pause after a failure at once: pauses run by the time of Redis, which no test holds in hand. */
export async function endPauses({ redis, prefix }: House): Promise<void> {
  const keys = await redis.keys(`${prefix}pause:*`)
  if (keys.length > 0) await redis.del(...keys)
}
