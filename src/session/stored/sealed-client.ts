import type { Log } from '../../observability.ts'
import { unlessWrongType, untilDone } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { isStoredSession } from './stored-session.ts'

/** Stands for a session that only another release may be able to read: it lets nobody in, but people can sign out of it. */
export const unread = JSON.stringify({ cookie: {}, isUnread: true })

/** At most this many faults are said once each. */
const mostReported = 100

const setIfSame = `if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return false`

/**
 * The part of a Redis client that connect-redis uses, with two habits added. It rejects with the errors of Redis as they
 * are: express-session and `ask` make Problem('redis-away') of them.
 *
 * Everything is sealed, bound to its key. A text that does not open counts as nothing, is logged and removed. Two kinds of
 * texts stay and let nobody in, because another replica may read them: those sealed with a secret that this replica does
 * not have yet, and sessions of a shape that this release does not know.
 *
 * A write only ever changes what is there (XX), except the first, which only ever creates (NX). Plain SET would let a
 * slow request bring an ended session back.
 */
export function createSealedClient({ redis, seal, log }: { redis: Redis; seal: Seal; log: Log }) {
  const births = new Set<string>()
  const once = createOnce()

  /** The text of a stored session; `unread` where only another release may read it, null where there is none. */
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

  async function set(key: string, text: string, _ex: 'EX', seconds: number): Promise<void> {
    const isBirth = births.delete(key)
    const sealed = seal.close(text, key)
    const done = isBirth
      ? await redis.set(key, sealed, 'EX', seconds, 'NX')
      : await redis.set(key, sealed, 'EX', seconds, 'XX')
    if (isBirth && done !== 'OK') throw new Error('a session with this id exists')
  }

  /**
   * Changes what is there, if it is still what was read: `change` may run several times, and undefined leaves it.
   * Returns the text that is there afterwards; null when there is nothing (any more).
   */
  const change = (
    key: string,
    change: (text: string) => string | undefined,
    seconds: (text: string) => number,
  ): Promise<string | null> =>
    untilDone(async () => {
      const before = await unlessWrongType(redis.get(key), '')
      const opened = before === null ? 'broken' : seal.open(before, key)
      if (before === null || typeof opened !== 'object' || !isStoredSession(opened.text)) return null
      const text = change(opened.text)
      if (text === undefined) return opened.text
      const args = [before, seal.close(text, key), String(seconds(text))]
      return (await redis.eval(setIfSame, 1, key, ...args)) ? text : undefined
    })

  return {
    get,
    set,
    change,

    /** Removes keys one by one: a cluster may keep them on different nodes. Returns how many there were. */
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
export type SealedClient = ReturnType<typeof createSealedClient>

/** Says each thing once, and nothing more when many things were said. */
function createOnce() {
  const reported = new Set<string>()
  return (what: string, report: () => void): void => {
    if (reported.size > mostReported || reported.has(what)) return
    reported.add(what)
    report()
  }
}
