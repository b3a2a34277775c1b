import type { Identity } from '../../entra/claims.ts'
import type { Redis } from '../redis/redis.ts'
import { ending } from '../scope.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { createSealedTexts, type EditText } from '../sealing/sealed-text.ts'

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
  const texts = createSealedTexts({ redis, seal })

  return {
    read: (name: string): Promise<string | undefined> => texts.read(keyOf(name)),

    /** Writes what `edit` makes of what is there. Returns whether it was changed. */
    change: (name: string, edit: EditText, lifeMs: number): Promise<boolean> => texts.change(keyOf(name), edit, lifeMs),
  }
}
/** The name of the note of this kind that a person has. */
export const noteOf = (kind: string, { tenantId, objectId }: Pick<Identity, 'tenantId' | 'objectId'>): string =>
  `${kind}:${fingerprint(`${tenantId}\n${objectId}`)}`

export type Notes = ReturnType<typeof createNotes>
