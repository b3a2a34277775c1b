import type { IncomingMessage } from 'node:http'
import type { Express, Request, RequestHandler, Response } from 'express'
import helmet from 'helmet'
import { Problem } from '../../errors.ts'
import { isPlainTarget } from '../request.ts'

const yearSeconds = 365 * 24 * 3600

/** Sets the same headers on every answer: pages, redirects, errors and files. They allow no inline script or style anywhere. */
export function createSecurityHeaders(): RequestHandler {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        // Chromium applies this also to every redirect that follows a form, other sites' redirects included: see `leaveFor`.
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity: { maxAge: 2 * yearSeconds, includeSubDomains: true },
    // Not 'no-referrer', because browsers would then send `Origin: null` with forms.
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
  })
  return function securityHeaders(request, response, next) {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=()')
    protect(request, response, next)
  }
}

/** Lets one answer be shown in a frame of Entra's sign-out page, and of nobody else. */
export function allowFramingBy(origin: string, response: Response): void {
  response.removeHeader('X-Frame-Options')
  response.setHeader('Content-Security-Policy', `default-src 'none'; frame-ancestors ${origin}`)
}

/**
 * Keeps request targets that are no path (`*`, absolute form) from Express, which answers those that it cannot parse before
 * any step, and from express-session, which goes on without a session. Such a target becomes an odd path, which
 * `plainTargets` then sees.
 */
export function pathsOnly(app: Express): Express {
  const listener = app as unknown as { handle: (request: IncomingMessage, ...rest: unknown[]) => void }
  const { handle } = listener
  listener.handle = (request, ...rest) => {
    if (!request.url?.startsWith('/')) request.url = `//${request.url}`
    handle.call(app, request, ...rest)
  }
  return app
}

/** A path that nothing listens on. Odd targets are sent here, so that they meet the gate and, behind it, a 404. */
export const nowhere = '/-'

/** Sends a target that can be read in two ways to `nowhere`, before anything reads its path. */
export const plainTargets: RequestHandler = function plainTargets(request, _response, next) {
  if (!isPlainTarget(request.url)) request.url = nowhere
  next()
}

/**
 * Refuses writes from other sites with Problem('cross-site'). Only POST changes anything here (the page table knows no
 * other verb), so a POST must prove that it comes from a page of ours: by Sec-Fetch-Site, or by Origin where a browser
 * sends no Sec-Fetch-Site. A request with another verb is refused when its headers say that it is foreign.
 */
export const createSameOriginOnly = (baseUrl: string): RequestHandler =>
  function sameOriginOnly(request, _response, next) {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next()
    const proof = originProof(request, baseUrl)
    if (proof === 'foreign' || (proof === 'none' && request.method === 'POST')) return next(new Problem('cross-site'))
    next()
  }

function originProof(request: Request, baseUrl: string): 'own' | 'foreign' | 'none' {
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' ? 'own' : 'foreign'
  const origin = request.get('origin')
  if (origin === undefined) return 'none'
  return origin === baseUrl ? 'own' : 'foreign'
}
