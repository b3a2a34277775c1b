import { parse } from 'cookie'
import type { Request, Response } from 'express'

const name = 'gatehouse-after-form'
const nameIn = (request: Request) =>
  [`__Host-${name}`, name].find(each => parse(request.headers.cookie ?? '')[each] !== undefined)
const attributesOf = (isSecure: boolean) => ({ httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' }) as const

/** Longer than the pages on the way wait together. */
const lifeMs = 30_000

/**
 * Sends a browser on to a page of ours. Where a form led here, the browser is told to say so until a page is shown:
 * should the way end at Entra after all, it is a form's way, and those are not redirected there (see `leaveFor`).
 */
export function sendOn(request: Request, response: Response, path: string): void {
  const { secure } = request
  if (request.method === 'POST')
    response.cookie(secure ? `__Host-${name}` : name, '1', { ...attributesOf(secure), maxAge: lifeMs })
  response.redirect(303, path)
}

/**
 * A browser that follows a redirect of ours says that it comes from this origin. Whoever types an address, or comes from
 * elsewhere, begins anew.
 */
export const isAfterForm = (request: Request): boolean =>
  request.method === 'POST' || (nameIn(request) !== undefined && request.get('sec-fetch-site') === 'same-origin')

/** A page is shown: whatever is asked for next was not asked for by that form. */
export function endAfterForm(response: Response): void {
  const found = nameIn(response.req)
  if (found) response.clearCookie(found, attributesOf(found.startsWith('__Host-')))
}
