import { parse } from 'cookie'
import type { Request, Response } from 'express'

const name = 'gatehouse-after-form'
const nameIn = (request: Request) =>
  [`__Host-${name}`, name].find(each => parse(request.headers.cookie ?? '')[each] !== undefined)
const attributesOf = (isSecure: boolean) => ({ httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' }) as const

/** Longer than all pages on the way wait together. */
const lifeMs = 30_000

/**
 * Redirects a browser to a path of ours. After a form the browser also gets a cookie, which it keeps until a page is
 * shown: if the way ends at Entra after all, the cookie says that a form began it, and then `leaveFor` must not redirect.
 */
export function sendOn(request: Request, response: Response, path: string): void {
  const { secure } = request
  if (request.method === 'POST')
    response.cookie(secure ? `__Host-${name}` : name, '1', { ...attributesOf(secure), maxAge: lifeMs })
  response.redirect(303, path)
}

/**
 * Whether this request is a form, or follows one by redirects of ours. A browser that follows such a redirect says that
 * it comes from this origin; a person who types an address, or comes from another site, begins anew.
 */
export const isAfterForm = (request: Request): boolean =>
  request.method === 'POST' || (nameIn(request) !== undefined && request.get('sec-fetch-site') === 'same-origin')

/** Forgets the form, because a page is shown: the next request does not come from it. */
export function endAfterForm(response: Response): void {
  const found = nameIn(response.req)
  if (found) response.clearCookie(found, attributesOf(found.startsWith('__Host-')))
}
