import { z } from 'zod'
import { GraphRefusal } from '../graph/refusal.ts'
import { graphInstant, lowerGuid, parsed, word } from '../graph/shapes.ts'
import { minutesOf } from './iso-duration.ts'

/** Of one group and one kind of access, as every row of PIM for Groups is. */
export const ofGroup = z.object({ groupId: lowerGuid, accessId: word })

const expirationShape = z.object({
  duration: z.string().transform(minutesOf).nullish().catch(undefined),
  endDateTime: graphInstant.nullish(),
})
export const scheduleShape = z.object({ startDateTime: graphInstant.nullish(), expiration: expirationShape.nullish() })
export type ScheduleInfo = z.infer<typeof scheduleShape>

/** When a schedule ends; undefined: never, or it does not say. */
export function endOf({ startDateTime, expiration }: ScheduleInfo): number | undefined {
  if (typeof expiration?.endDateTime === 'number') return expiration.endDateTime
  const minutes = expiration?.duration
  return minutes && typeof startDateTime === 'number' ? startDateTime + minutes * 60_000 : undefined
}

/** Ids that Graph hands out are opaque, but go into an address: nothing there may be read as a path or a query. */
export function pathPart(id: string): string {
  if (!/^[\w-][\w.=-]{0,199}$/.test(id)) throw new GraphRefusal('unusable id', { status: 404 })
  return encodeURIComponent(id)
}

/** The rows about being a member of this group: those of its owners and of other groups are passed over, whatever they are. */
export function rowsOf<T extends z.ZodType>(shape: T, items: readonly unknown[], groupId: string): z.infer<T>[] {
  const ours = items.filter(item => {
    const row = parsed(ofGroup, item)
    return row.groupId === groupId && row.accessId === 'member'
  })
  return ours.map(item => parsed(shape, item))
}
