import { ask, unlessWrongType, untilDone } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import type { Seal } from './seal.ts'

/** A key of another type holds no text: nobody here wrote it, and it is replaced. */
const setIfSame = `local found = redis.pcall('get', KEYS[1])
if type(found) == 'table' then
  if not string.find(tostring(found.err), 'WRONGTYPE') then return found end
  found = ''
end
if (found or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('del', KEYS[1])
elseif ARGV[3] == '' then redis.call('set', KEYS[1], ARGV[2], 'KEEPTTL')
else redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`

/** Makes the next text of the one that is there. Undefined leaves that one, null removes it. May be called several times. */
export type EditText = (text: string | undefined) => string | null | undefined

/**
 * Texts in Redis, each sealed under its key. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createSealedTexts({ redis, seal }: { redis: Redis; seal: Seal }) {
  const sealedAt = (key: string) => ask(unlessWrongType(redis.get(key), null))
  const openedText = (sealed: string | null, key: string) => {
    const opened = seal.open(sealed ?? '', key)
    return typeof opened === 'object' ? opened.text : undefined
  }

  return {
    /** The text as it lies in Redis, still sealed; null when there is none. */
    sealedAt,

    /** Undefined when there is no text that opens. */
    read: async (key: string): Promise<string | undefined> => openedText(await sealedAt(key), key),

    /** Writes a text, whatever is there, for so long. */
    async write(key: string, text: string, lifeMs: number): Promise<void> {
      await ask(redis.set(key, seal.close(text, key), 'PX', wholeMs(lifeMs)))
    },

    /**
     * Writes what `edit` makes of the text, if that text is still there by then. It lasts for `lifeMs`; without `lifeMs`
     * for as long as the text before was to last. Returns whether it was changed.
     */
    change: (key: string, edit: EditText, lifeMs?: number): Promise<boolean> =>
      untilDone(async () => {
        const before = await sealedAt(key)
        const after = edit(openedText(before, key))
        if (after === undefined) return false
        const sealed = after === null ? '' : seal.close(after, key)
        const life = lifeMs === undefined ? '' : String(wholeMs(lifeMs))
        return (await ask(redis.eval(setIfSame, 1, key, before ?? '', sealed, life))) ? true : undefined
      }),
  }
}

/** A lifetime as Redis takes it: whole ms, at least one. The shortest of several counts. */
export const wholeMs = (...ms: readonly number[]): number => Math.max(1, Math.ceil(Math.min(...ms)))
