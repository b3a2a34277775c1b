import { createHmac } from 'node:crypto'
import type { Drafts, Fields, Owner } from '../../src/session/drafts.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import type { House } from '../support/house.ts'
import type { Visitor } from '../support/visitor.ts'

/** The id of the session that a browser's cookie names. */
export const sessionIdOf = (visitor: Visitor): string => {
  const [, id = ''] = /^s:([^.]+)\./.exec(decodeURIComponent(visitor.cookies().get('gatehouse') ?? '')) ?? []
  return id
}
export const sessionKeyOf = ({ prefix }: House, visitor: Visitor): string => `${prefix}session:${sessionIdOf(visitor)}`
export const keysOf = async ({ redis, prefix }: House, kind = ''): Promise<string[]> =>
  (await redis.keys(`${prefix}${kind}*`)).sort()

const sealOf = ({ config }: House) => createSeal(config.session.secrets)

/** What a session's key holds, opened. */
export async function storedOf(house: House, visitor: Visitor) {
  const key = sessionKeyOf(house, visitor)
  const opened = sealOf(house).open((await house.redis.get(key)) ?? '', key)
  if (typeof opened !== 'object') throw new Error(`the session does not open: ${opened}`)
  return JSON.parse(opened.text)
}
/** Puts a text in its place, sealed as the application would. */
export async function store(house: House, visitor: Visitor, text: string): Promise<void> {
  const key = sessionKeyOf(house, visitor)
  await house.redis.set(key, sealOf(house).close(text, key), 'EX', 600)
}

/** A session cookie for an id of one's own choice, signed as the application would: what nobody outside can make. */
export function signedCookie({ config }: House, id: string): string {
  const [secret = ''] = sealOf({ config } as House).signing
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
  return encodeURIComponent(`s:${id}.${signature}`)
}

export const eventsIn = (logged: readonly string[], event: string) =>
  logged.map(line => JSON.parse(line)).filter(line => line.event === event)

/** All that a house keeps in Redis, as whoever can read there would see it; `ttl` in milliseconds. */
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

/** What a form held that was kept, for whoever sends it first. */
export async function taken(drafts: Drafts, owner: Owner, id: string): Promise<Fields | undefined> {
  const spent = await drafts.spend(owner, id)
  return spent === 'sent-before' ? undefined : spent.fields
}

/** What Redis still holds of a session: the session, its tokens, its places in the indexes. */
export async function tracesOf({ redis, prefix }: House, sessionId: string): Promise<string[]> {
  const keys = await redis.keys(`${prefix}*`)
  const listed = await Promise.all(
    keys
      .filter(key => /:(person|entra-session):/.test(key))
      .map(async key => ((await redis.zscore(key, sessionId)) === null ? [] : [key])),
  )
  return [...keys.filter(key => key.endsWith(`:${sessionId}`)), ...listed.flat()].map(key => key.slice(prefix.length))
}

/** The pause after a failure runs by the time of Redis, which no test holds in hand: this is what its end does. */
export async function endPauses({ redis, prefix }: House): Promise<void> {
  const keys = await redis.keys(`${prefix}pause:*`)
  if (keys.length > 0) await redis.del(...keys)
}
