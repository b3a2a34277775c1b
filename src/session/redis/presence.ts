import { randomUUID } from 'node:crypto'
import type { Redis } from './redis.ts'

const takeOut = `local found = redis.call('get', KEYS[1])
redis.call('del', KEYS[1])
return found`

/** So many keys that they are on all nodes of a cluster. One node of a cluster that is taken for one Redis refuses some. */
const keyCount = 16
const lifeMs = 10_000

/**
 * Knows whether Redis can be asked. The first time Redis has to take a write, a read and a script under our prefix: a user
 * who may not write, or may use only some keys, would still get answers to simple questions. The first proof begins with
 * the first connection.
 */
export function createPresence({ redis, prefix }: { redis: Redis; prefix: string }) {
  let isProven = false
  let proving: Promise<boolean> | undefined
  redis.on('ready', () => void prove())

  async function prove(): Promise<boolean> {
    if (isProven) return true
    proving ??= worksWithAllKeys(redis, prefix).finally(() => {
      proving = undefined
    })
    isProven ||= await proving
    return isProven
  }

  return {
    /** Whether Redis has ever given that proof. */
    wasThere: (): boolean => isProven,

    /** Whether Redis answers now. Never throws. */
    isThere(): Promise<boolean> {
      if (!isProven) return prove()
      // A question about a key: the nodes of a cluster that is down answer a PING all the same.
      return redis.exists(`${prefix}ready`).then(
        () => true,
        () => false,
      )
    },
  }
}
export type Presence = ReturnType<typeof createPresence>

async function worksWithAllKeys(redis: Redis, prefix: string): Promise<boolean> {
  const mark = randomUUID()
  const keys = Array.from({ length: keyCount }, (_, index) => `${prefix}ready:${mark}:${index}`)
  const [first, ...others] = keys as [string, ...string[]]
  // Where the first is refused, sixteen refusals say no more.
  if (!(await works(redis, first, mark))) return false
  return (await Promise.all(others.map(key => works(redis, key, mark)))).every(Boolean)
}

/** Sent together, so that nothing is left behind when they are answered. */
const works = (redis: Redis, key: string, mark: string): Promise<boolean> =>
  Promise.all([redis.set(key, mark, 'PX', lifeMs), redis.get(key), redis.eval(takeOut, 1, key)]).then(
    ([, found, taken]) => found === mark && taken === mark,
    () => false,
  )
