import express, { type RequestHandler } from 'express'
import { Problem } from '../errors.ts'

const read = express.urlencoded({ extended: false, inflate: false, limit: '16kb', parameterLimit: 50 })

/** Reads a form, behind the gate and only where a page takes one: small, url-encoded, not compressed. */
export const forms: RequestHandler = function forms(request, response, next) {
  // null: there is no body, which is what a form without fields may send.
  if (request.is('application/x-www-form-urlencoded') === false) return next(new Problem('form-not-accepted'))
  read(request, response, next)
}
