import type { RequestHandler } from 'express'
import { paths } from '../metadata.ts'
import type { TenantState } from '../state.ts'

const mark = 'been-there'

/**
 * A federated tenant: sign-in and sign-out lead through the company's own identity provider. The parameter `back` tells
 * that provider where to send the browser afterwards; it needs to do nothing else.
 */
export function federation({ origin, switches }: TenantState): RequestHandler {
  return (request, response, next) => {
    const isAsked = [paths.authorize, paths.logout].some(path => path === request.path)
    if (switches.federatedAt === undefined || request.method !== 'GET' || !isAsked) return next()
    const url = new URL(request.url, origin)
    if (url.searchParams.has(mark)) {
      url.searchParams.delete(mark)
      request.url = url.pathname + url.search
      return next()
    }
    url.searchParams.set(mark, '1')
    const elsewhere = new URL(switches.federatedAt)
    elsewhere.searchParams.set('back', url.href)
    response.redirect(302, elsewhere.href)
  }
}
