import * as z from 'zod'
import { type GroupKey, keyOfGroup, managedKeys } from '../directory/managed.ts'
import { people } from '../directory/people.ts'

export const when = z.enum(['next', 'always']).default('always')
export const person = z
  .string()
  .refine(key => people.some(each => each.key === key), 'nobody in the tenant has this key')
export const persons = z.array(person)
/** A group by its key, or by its object id. */
export const group = z.enum(managedKeys).or(z.guid().transform((id): GroupKey => keyOfGroup(id)))
export const milliseconds = z.number().int().min(0)
export const seconds = z.number().min(0)
