import express, { type RequestHandler } from 'express'
import { Problem } from '../errors.ts'

const read = express.urlencoded({ extended: false, inflate: false, limit: '16kb', parameterLimit: 50 })

/** Reads a form, behind the gate and only where a page takes one: small, url-encoded, not compressed. */
export const forms: RequestHandler = function forms(request, response, next) {
  // A form without fields may send no body at all.
  const isEmpty = request.get('content-length') === '0'
  if (!isEmpty && request.is('application/x-www-form-urlencoded') === false)
    return next(new Problem('form-not-accepted'))
  read(request, response, (thrown?: unknown) => next(thrown && problemFrom(thrown)))
}

/** What the parser says of a body that it does not read. Here, and not where errors end: elsewhere a status means something else. */
export function problemFrom(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('status' in thrown)) return thrown
  if (thrown.status === 413) return new Problem('form-too-large', { cause: thrown })
  return thrown.status === 400 || thrown.status === 415 ? new Problem('form-not-accepted', { cause: thrown }) : thrown
}
