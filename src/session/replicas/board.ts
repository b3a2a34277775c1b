import { clockToleranceMs } from '../../clock.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { ending } from '../scope.ts'
import type { Seal } from '../sealing/seal.ts'

const setIfNewer = `local found = redis.pcall('get', KEYS[1])
local at = type(found) == 'string' and tonumber(string.match(found, '^%d+'))
if ARGV[5] then
  if (at or 0) ~= tonumber(ARGV[5]) then return 0 end
elseif at and at >= tonumber(ARGV[1]) and at <= tonumber(ARGV[4]) then return 0 end
redis.call('set', KEYS[1], ARGV[1] .. '|' .. ARGV[2], 'PX', ARGV[3])
return 1`

/** As many digits as an instant in epoch ms has, from 2001 to 2286. */
const digits = 13

/**
 * What replicas tell each other: a text a name, each with its instant (epoch ms). Only a newer one replaces what is
 * there, so a replica that was stopped for a while cannot bring back old news; news from the
 * future, of a clock that was wrong, does not stand in the way. Sealed like everything else.
 */
export function createBoard({
  redis,
  seal,
  prefix,
  about,
}: {
  redis: Redis
  seal: Seal
  prefix: string
  /** The mark of what the news is about. */
  about?: string
}) {
  const keyOf = (name: string) => `${prefix}board:${name}${ending(about)}`

  return {
    /** Whether it is there now. With `instead` only in place of the news of that instant, 0 of none: what is newer stays. */
    async post(
      name: string,
      { at, text, lifeMs, instead }: { at: number; text: string; lifeMs: number; instead?: number },
    ): Promise<boolean> {
      const key = keyOf(name)
      const numbers = [lifeMs, at + clockToleranceMs, ...(instead === undefined ? [] : [instead])].map(String)
      return (await ask(redis.eval(setIfNewer, 1, key, String(at), seal.close(text, key), ...numbers))) === 1
    },

    /** The instant of what is there; 0 when there is nothing. Cheap, however long the text. */
    at: async (name: string): Promise<number> =>
      Number(await ask(unlessWrongType(redis.getrange(keyOf(name), 0, digits - 1), ''))) || 0,

    /** Undefined when there is nothing that opens. */
    async read(name: string): Promise<string | undefined> {
      const key = keyOf(name)
      const opened = seal.open((await ask(unlessWrongType(redis.get(key), null)))?.slice(digits + 1) ?? '', key)
      return typeof opened === 'object' ? opened.text : undefined
    },
  }
}
export type Board = ReturnType<typeof createBoard>
