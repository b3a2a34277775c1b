import type { Log } from '../../observability.ts'
import { isStoredSession } from '../lives/record.ts'
import { unlessWrongType, untilDone } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint, type Seal } from './seal.ts'

/** In place of a session that another release may be able to read: nobody, but something that can be signed out of. */
export const unread = JSON.stringify({ cookie: {}, isUnread: true })

/**
 * The part of a Redis client that connect-redis uses, with two habits added.
 *
 * Everything is sealed, bound to its key; what does not open is "nothing there", logged once and removed. Where another
 * replica may read what this one cannot, it stays, and is nobody here: sealed with a secret that this replica does not
 * have yet, or a session of a shape that this release does not know.
 *
 * A write only ever changes what is there (XX), except the first, which only ever creates (NX). Plain SET would let a
 * slow request bring an ended session back.
 */
export function createSealedClient({ redis, seal, log }: { redis: Redis; seal: Seal; log: Log }) {
  const births = new Set<string>()
  const reported = new Set<string>()

  async function get(key: string): Promise<string | null> {
    const value = await unlessWrongType(redis.get(key), '')
    if (value === null) return null
    const opened = seal.open(value, key)
    if (typeof opened === 'object' && isStoredSession(opened.text)) return opened.text
    if (typeof opened === 'object') {
      once(key, () => log.warn({ event: 'session-unreadable', session: fingerprint(key), why: 'unknown-shape' }))
      return unread
    }
    if (opened === 'unknown-key') {
      const keyId = value.split('.')[1] ?? ''
      once(keyId, () => log.warn({ event: 'session-sealed-with-unknown-secret', keyId: keyId.slice(0, 8) }))
    } else {
      log.warn({ event: 'session-unreadable', session: fingerprint(key), why: 'damaged' })
      await redis.del(key)
    }
    return null
  }

  function once(what: string, report: () => void): void {
    if (reported.size > 100 || reported.has(what)) return
    reported.add(what)
    report()
  }

  return {
    get,
    async set(key: string, text: string, _ex: 'EX', seconds: number): Promise<void> {
      const isBirth = births.delete(key)
      const done = isBirth
        ? await redis.set(key, seal.close(text, key), 'EX', seconds, 'NX')
        : await redis.set(key, seal.close(text, key), 'EX', seconds, 'XX')
      if (isBirth && done !== 'OK') throw new Error('a session with this id exists')
    },

    /**
     * Changes what is there, if it is still what was read: `change` may run several times, and undefined leaves it.
     * Returns the text that is there afterwards; null when there is nothing (any more).
     */
    change(key: string, change: (text: string) => string | undefined, seconds: (text: string) => number) {
      return untilDone(async (): Promise<string | null | undefined> => {
        const before = await unlessWrongType(redis.get(key), '')
        const opened = before === null ? 'broken' : seal.open(before, key)
        if (typeof opened !== 'object' || !isStoredSession(opened.text)) return null
        const text = change(opened.text)
        if (text === undefined) return opened.text
        const isDone = await redis.eval(
          setIfSame,
          1,
          key,
          before as string,
          seal.close(text, key),
          String(seconds(text)),
        )
        return isDone ? text : undefined
      })
    },
    /** One by one: a cluster may keep them on different nodes. */
    async del(keys: string[]): Promise<number> {
      const counts = await Promise.all(keys.map(key => redis.del(key)))
      return counts.reduce((sum, count) => sum + count, 0)
    },

    /** Lets the next write of this key create it. */
    expectBirth: (key: string): void => {
      births.add(key)
    },
  }
}

const setIfSame = `if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return false`

export type SealedClient = ReturnType<typeof createSealedClient>
