import type { Request } from 'express'
import * as z from 'zod'
import { refuse } from '../../refusal.ts'

/** The body of a request in the shape that it must have. Throws Graph's 400 for another one. */
export function bodyOf<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const body = schema.safeParse(request.body)
  return body.success ? body.data : refuse(400, 'BadRequest', `Invalid value: ${z.prettifyError(body.error)}`)
}
