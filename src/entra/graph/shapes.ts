import { z } from 'zod'
import { GraphRefusal } from './refusal.ts'

/** An object id. Graph compares ids without their case, so every id is kept in lower case. */
export const lowerGuid = z.guid().transform(value => value.toLowerCase())
/** Graph spells the members of its enums in either case. They are compared in lower case. */
export const word = z.string().transform(value => value.toLowerCase())
/** An instant, parsed to epoch ms. Its zone must be there: a time that can be read in two ways is no time. */
export const graphInstant = z.iso.datetime({ offset: true }).transform(value => Date.parse(value))

/** Reads an answer of Graph by its shape. Half a list would read as removals, so one wrong item throws GraphRefusal. */
export function parsed<T extends z.ZodType>(shape: T, items: unknown): z.infer<T> {
  const { data, success } = shape.safeParse(items)
  if (!success) throw new GraphRefusal('shape')
  return data
}
