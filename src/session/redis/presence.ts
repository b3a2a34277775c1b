import { randomUUID } from 'node:crypto'
import type { Redis } from '../redis/redis.ts'

const takeOut = `local found = redis.call('get', KEYS[1])
redis.call('del', KEYS[1])
return found`

/** So many that they are on all nodes of a cluster: one of them, taken for the whole, refuses some. */
const keyCount = 16
const lifeMs = 10_000

/**
 * Whether Redis can be asked. The first time it has to take a write, a read and a script under our prefix: somebody who may
 * not write, or only some keys, would answer whatever is asked lightly. It counts from the first connection on.
 */
export function createPresence({ redis, prefix }: { redis: Redis; prefix: string }) {
  let isProven = false
  let proving: Promise<boolean> | undefined
  redis.on('ready', () => void prove())

  async function prove(): Promise<boolean> {
    if (isProven) return true
    proving ??= tried().finally(() => {
      proving = undefined
    })
    isProven ||= await proving
    return isProven
  }

  async function tried(): Promise<boolean> {
    const mark = randomUUID()
    const keys = Array.from({ length: keyCount }, (_, index) => `${prefix}ready:${mark}:${index}`)
    const [first, ...others] = keys as [string, ...string[]]
    // Where the first is refused, sixteen refusals say no more.
    return (await works(first, mark)) && (await Promise.all(others.map(key => works(key, mark)))).every(Boolean)
  }

  /** Sent together, so that nothing is left behind when they are answered. */
  const works = (key: string, mark: string): Promise<boolean> =>
    Promise.all([redis.set(key, mark, 'PX', lifeMs), redis.get(key), redis.eval(takeOut, 1, key)]).then(
      ([, found, taken]) => found === mark && taken === mark,
      () => false,
    )

  return {
    /** Whether it has ever done all that. */
    wasThere: (): boolean => isProven,
    isThere(): Promise<boolean> {
      if (!isProven) return prove()
      // About a key: the nodes of a cluster that is down answer a PING all the same.
      return redis.exists(`${prefix}ready`).then(
        () => true,
        () => false,
      )
    },
  }
}
export type Presence = ReturnType<typeof createPresence>
