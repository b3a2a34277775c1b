import type { Identity } from '../entra/claims.ts'
import { ask, type Redis, untilDone } from './redis.ts'
import { ending } from './scope.ts'
import { fingerprint, type Seal } from './seal.ts'

const setIfSame = `local found = redis.call('get', KEYS[1])
if (found or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('del', KEYS[1]) else redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`

/**
 * Small texts that outlive a request and are changed by several: sealed, each bound to its name, and written only if
 * they are still what was read. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createNotes({
  redis,
  seal,
  prefix,
  about,
}: {
  redis: Redis
  seal: Seal
  prefix: string
  /** The mark of what the texts are about. */
  about?: string
}) {
  const keyOf = (name: string) => `${prefix}note:${name}${ending(about)}`
  const opened = (sealed: string | null, key: string) => {
    const found = seal.open(sealed ?? '', key)
    return typeof found === 'object' ? found.text : undefined
  }

  return {
    async read(name: string): Promise<string | undefined> {
      const key = keyOf(name)
      return opened(await ask(redis.get(key)), key)
    },

    /**
     * Writes what `edit` makes of what is there: `edit` may run several times, undefined leaves it, null removes it.
     * Returns whether it was changed.
     */
    async change(
      name: string,
      edit: (text: string | undefined) => string | null | undefined,
      lifeMs: number,
    ): Promise<boolean> {
      const key = keyOf(name)
      return untilDone(async () => {
        const before = await ask(redis.get(key))
        const after = edit(opened(before, key))
        if (after === undefined) return false
        const sealed = after === null ? '' : seal.close(after, key)
        return (await ask(redis.eval(setIfSame, 1, key, before ?? '', sealed, String(lifeMs)))) ? true : undefined
      })
    },
  }
}
/** The name of the note of this kind that a person has. */
export const noteOf = (kind: string, { tenantId, objectId }: Pick<Identity, 'tenantId' | 'objectId'>): string =>
  `${kind}:${fingerprint(`${tenantId}\n${objectId}`)}`

export type Notes = ReturnType<typeof createNotes>
