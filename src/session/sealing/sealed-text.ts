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

/** Undefined leaves what is there, null removes it. It may be asked several times. */
export type EditText = (text: string | undefined) => string | null | undefined

/** Texts sealed under their keys, which change only from what was read. */
export function createSealedTexts({ redis, seal }: { redis: Redis; seal: Seal }) {
  const sealedAt = (key: string) => ask(unlessWrongType(redis.get(key), null))
  const opened = (sealed: string | null, key: string) => {
    const found = seal.open(sealed ?? '', key)
    return typeof found === 'object' ? found.text : undefined
  }

  return {
    sealedAt,
    /** Undefined when there is none that opens. */
    read: async (key: string): Promise<string | undefined> => opened(await sealedAt(key), key),

    /**
     * Writes what `edit` makes of what is there, if that is still there by then; without `lifeMs` for as long as that
     * was to last. Returns whether it was changed.
     */
    change: (key: string, edit: EditText, lifeMs?: number): Promise<boolean> =>
      untilDone(async () => {
        const before = await sealedAt(key)
        const after = edit(opened(before, key))
        if (after === undefined) return false
        const sealed = after === null ? '' : seal.close(after, key)
        const life = lifeMs === undefined ? '' : String(Math.max(1, Math.ceil(lifeMs)))
        return (await ask(redis.eval(setIfSame, 1, key, before ?? '', sealed, life))) ? true : undefined
      }),
  }
}
