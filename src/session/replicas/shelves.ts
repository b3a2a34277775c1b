import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'

const putOne = `local last = redis.call('zrange', KEYS[1], '-1', '-1', 'WITHSCORES')
local isNew = redis.call('zadd', KEYS[1], (tonumber(last[2]) or 0) + 1, ARGV[1])
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[3]) then redis.call('pexpire', KEYS[1], ARGV[3]) end
local surplus = redis.call('zcount', KEYS[1], '-inf', '+inf') - tonumber(ARGV[2])
local fallen = {}
if surplus > 0 then fallen = redis.call('zrange', KEYS[1], '0', tostring(surplus - 1)) end
for _, member in ipairs(fallen) do redis.call('zrem', KEYS[1], member) end
table.insert(fallen, 1, tostring(isNew))
return fallen`

/**
 * Short lists of names, of which only the newest stay: they bound what one person may leave here. The names are in the
 * order in which they came, whatever clocks say. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createShelves({ redis, prefix }: { redis: Redis; prefix: string }) {
  const keyOf = (shelf: string) => `${prefix}shelf:${shelf}`

  return {
    /**
     * Puts a name last on a shelf that holds at most `most` names. Returns whether the name is new there, and which names
     * fell off for it.
     */
    async put(
      shelf: string,
      name: string,
      { most, lifeMs }: { most: number; lifeMs: number },
    ): Promise<{ isNew: boolean; fallen: string[] }> {
      const answer = (await ask(redis.eval(putOne, 1, keyOf(shelf), name, String(most), String(lifeMs)))) as string[]
      const [isNew, ...fallen] = answer
      return { isNew: isNew === '1', fallen }
    },
    /** Takes a name off a shelf. */
    remove: async (shelf: string, name: string): Promise<void> => {
      await ask(redis.zrem(keyOf(shelf), name))
    },
    /** Whether a name is on a shelf. */
    has: async (shelf: string, name: string): Promise<boolean> =>
      (await ask(redis.zrange(keyOf(shelf), '0', '-1'))).includes(name),
  }
}
export type Shelves = ReturnType<typeof createShelves>
