import type { z } from 'zod'
import type { Identity } from '../../entra/claims.ts'
import type { Redis } from '../redis/redis.ts'
import { type KeySpace, keyIn } from '../scope.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { createSealedTexts, type EditText } from '../sealing/sealed-text.ts'

/**
 * Small texts that outlive a request and that several requests change: each is sealed, bound to its name, and written only
 * if the text that was read is still there. `about` is the mark of the group or the application that the texts are about.
 * Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createNotes({ redis, seal, ...space }: { redis: Redis; seal: Seal } & KeySpace) {
  const keyOf = (name: string) => keyIn(space, 'note', name)
  const texts = createSealedTexts({ redis, seal })

  return {
    /** Undefined when there is no text that opens. */
    read: (name: string): Promise<string | undefined> => texts.read(keyOf(name)),

    /** Writes what `edit` makes of the text that is there, for `lifeMs`. Returns whether it was changed. */
    change: (name: string, edit: EditText, lifeMs: number): Promise<boolean> => texts.change(keyOf(name), edit, lifeMs),
  }
}
/** A person, by the ids that never change. */
export type Whose = Pick<Identity, 'tenantId' | 'objectId'>
/** The name of the note of this kind that a person has. */
export const noteOf = (kind: string, { tenantId, objectId }: Whose): string =>
  `${kind}:${fingerprint(`${tenantId}\n${objectId}`)}`

/** The JSON of a note by its shape; undefined where there is no note, or an earlier release wrote another shape. */
export const parsedNote = <T extends z.ZodType>(shape: T, text: string | undefined): z.infer<T> | undefined =>
  text === undefined ? undefined : shape.safeParse(JSON.parse(text)).data

export type Notes = ReturnType<typeof createNotes>
