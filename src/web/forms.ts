import express, { type RequestHandler } from 'express'
import { Problem } from '../errors.ts'
import type { Sessions } from '../session/sessions.ts'

const read = express.urlencoded({ extended: false, inflate: false, limit: '16kb', parameterLimit: 50 })

/**
 * Reads a form, behind the gate and only where a page takes one: url-encoded, 16 kB at most, not compressed. Passes
 * Problem('form-too-large') or Problem('form-not-accepted') on.
 */
export const forms: RequestHandler = function forms(request, response, next) {
  // A form without fields may send no body at all.
  const isEmpty = request.get('content-length') === '0'
  if (!isEmpty && request.is('application/x-www-form-urlencoded') === false)
    return next(new Problem('form-not-accepted'))
  read(request, response, (thrown?: unknown) => next(thrown && bodyProblem(thrown)))
}

/** A form that arrives this soon after the decision of the gate needs no second decision. */
const soonMs = 1_000

/**
 * Reads a form of a person whom `guard` has admitted. A form may take half a minute to arrive, and by then its sender may
 * be signed out, or their access may have ended. So a form that arrives late passes the gate once more.
 */
export const formsBehind =
  (guard: RequestHandler, { reload }: Pick<Sessions, 'reload'>): RequestHandler =>
  (request, response, next) => {
    const began = performance.now()
    forms(request, response, (thrown?: unknown) => {
      if (thrown || performance.now() - began < soonMs) return next(thrown)
      reload(request).then(() => guard(request, response, next), next)
    })
  }

/** The problem with a body that the parser does not read. Made here, because a status on an error of another origin means something else. */
export function bodyProblem(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('status' in thrown)) return thrown
  if (thrown.status === 413) return new Problem('form-too-large', { cause: thrown })
  return thrown.status === 400 || thrown.status === 415 ? new Problem('form-not-accepted', { cause: thrown }) : thrown
}
