import { z } from 'zod'
import { GraphRefusal } from '../graph/refusal.ts'
import { graphInstant, lowerGuid, parsed, word } from '../graph/shapes.ts'
import { minutesOf } from './iso-duration.ts'

/** Every row of PIM for Groups is about one group and one kind of access. */
export const ofGroup = z.object({ groupId: lowerGuid, accessId: word })

const expirationShape = z.object({
  duration: z.string().transform(minutesOf).nullish().catch(undefined),
  endDateTime: graphInstant.nullish(),
})
/** The shape of `scheduleInfo`: when something begins, and when or after how long it ends. */
export const scheduleShape = z.object({ startDateTime: graphInstant.nullish(), expiration: expirationShape.nullish() })
export type ScheduleInfo = z.infer<typeof scheduleShape>

/** When a schedule ends, in epoch ms; undefined where it never ends, or does not say. */
export function endOf({ startDateTime, expiration }: ScheduleInfo): number | undefined {
  if (typeof expiration?.endDateTime === 'number') return expiration.endDateTime
  const minutes = expiration?.duration
  return minutes && typeof startDateTime === 'number' ? startDateTime + minutes * 60_000 : undefined
}

/**
 * An id as a part of an address. Graph's ids are opaque, but nothing in one may be read as a path or a query: throws
 * GraphRefusal (404) for such an id.
 */
export function pathPart(id: string): string {
  if (!/^[\w-][\w.=-]{0,199}$/.test(id)) throw new GraphRefusal('unusable id', { status: 404 })
  return encodeURIComponent(id)
}

/**
 * The rows about members of this group. Rows of owners and of other groups are passed over, whatever their shape. Throws
 * GraphRefusal where a row of ours has another shape.
 */
export function rowsOf<T extends z.ZodType>(shape: T, items: readonly unknown[], groupId: string): z.infer<T>[] {
  const ours = items.filter(item => {
    const row = parsed(ofGroup, item)
    return row.groupId === groupId && row.accessId === 'member'
  })
  return ours.map(item => parsed(shape, item))
}
