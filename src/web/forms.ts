import express, { type RequestHandler } from 'express'
import { Problem } from '../errors.ts'
import type { Sessions } from '../session/sessions.ts'

const read = express.urlencoded({ extended: false, inflate: false, limit: '16kb', parameterLimit: 50 })

/** Reads a form, behind the gate and only where a page takes one: small, url-encoded, not compressed. */
export const forms: RequestHandler = function forms(request, response, next) {
  // A form without fields may send no body at all.
  const isEmpty = request.get('content-length') === '0'
  if (!isEmpty && request.is('application/x-www-form-urlencoded') === false)
    return next(new Problem('form-not-accepted'))
  read(request, response, (thrown?: unknown) => next(thrown && bodyProblem(thrown)))
}

const soonMs = 1_000

/**
 * Reads a form for somebody whom `guard` let pass. A form may take half a minute to arrive, and by then its sender be
 * signed out, or their access have ended: what comes late passes the gate once more, with what is known then.
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

/** What the parser says of a body that it does not read. Here, and not where errors end: elsewhere a status means something else. */
export function bodyProblem(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('status' in thrown)) return thrown
  if (thrown.status === 413) return new Problem('form-too-large', { cause: thrown })
  return thrown.status === 400 || thrown.status === 415 ? new Problem('form-not-accepted', { cause: thrown }) : thrown
}
