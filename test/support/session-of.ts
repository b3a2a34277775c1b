import type { House } from './house.ts'
import type { Visitor } from './visitor.ts'

/** The id of the session that this browser's cookie names. */
export const sessionIdOf = (visitor: Visitor): string =>
  decodeURIComponent(visitor.cookies().get('gatehouse') ?? '')
    .replace(/^s:/, '')
    .split('.')[0] ?? ''

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
