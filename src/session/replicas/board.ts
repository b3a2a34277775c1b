import { clockToleranceMs } from '../../clock.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { type KeySpace, keyIn } from '../scope.ts'
import type { Seal } from '../sealing/seal.ts'

const setIfNewer = `local found = redis.pcall('get', KEYS[1])
local at = type(found) == 'string' and tonumber(string.match(found, '^%d+'))
if ARGV[5] then
  if (at or 0) ~= tonumber(ARGV[5]) then return 0 end
elseif at and at >= tonumber(ARGV[1]) and at <= tonumber(ARGV[4]) then return 0 end
redis.call('set', KEYS[1], ARGV[1] .. '|' .. ARGV[2], 'PX', ARGV[3])
return 1`

/** An instant in epoch ms has this many digits, from 2001 to 2286. */
const digits = 13

/**
 * News that replicas tell each other: one sealed text a name, with its instant (epoch ms). Only a newer text replaces the
 * text that is there, so a replica that was stopped for a while cannot bring back old news. News from the future, of a
 * clock that was wrong, does not stand in the way. `about` is the mark of the group or the application that the news is
 * about. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createBoard({ redis, seal, ...space }: { redis: Redis; seal: Seal } & KeySpace) {
  const keyOf = (name: string) => keyIn(space, 'board', name)

  return {
    /**
     * Posts a text of the instant `at` (epoch ms) for `lifeMs`. With `instead`, the text only takes the place of the news
     * of that instant, 0 for no news: any other news stays. Returns whether the text is there now.
     */
    async post(
      name: string,
      { at, text, lifeMs, instead }: { at: number; text: string; lifeMs: number; instead?: number },
    ): Promise<boolean> {
      const key = keyOf(name)
      const numbers = [lifeMs, at + clockToleranceMs, ...(instead === undefined ? [] : [instead])].map(String)
      return (await ask(redis.eval(setIfNewer, 1, key, String(at), seal.close(text, key), ...numbers))) === 1
    },

    /** The instant of the news that is there, in epoch ms; 0 when there is none. Cheap, however long the text. */
    at: async (name: string): Promise<number> =>
      Number(await ask(unlessWrongType(redis.getrange(keyOf(name), 0, digits - 1), ''))) || 0,

    /** The text that is there; undefined when there is none that opens. */
    async read(name: string): Promise<string | undefined> {
      const key = keyOf(name)
      const opened = seal.open((await ask(unlessWrongType(redis.get(key), null)))?.slice(digits + 1) ?? '', key)
      return typeof opened === 'object' ? opened.text : undefined
    },
  }
}
export type Board = ReturnType<typeof createBoard>
