import type { IncomingMessage } from 'node:http'
import type { Express, Request, RequestHandler, Response } from 'express'
import helmet from 'helmet'
import { Problem } from '../../errors.ts'
import { isPlainTarget } from '../request.ts'

const yearSeconds = 365 * 24 * 3600

/** Step 2: the same headers on every answer: pages, redirects, errors and files. No inline script or style anywhere. */
export function createSecurityHeaders(): RequestHandler {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        // Chromium applies this to the redirects after a form too, also to those that others answer with: `leaveFor`.
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity: { maxAge: 2 * yearSeconds, includeSubDomains: true },
    // Not no-referrer: browsers would then send `Origin: null` with forms.
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
 * Express answers by itself, before any step, a target that it cannot parse, and express-session goes on without a
 * session where the target is no path. So neither ever sees one (`*`, absolute form): it becomes a path that is odd.
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

/** A path that nothing listens on; where odd targets are sent to meet the gate, and behind it a 404. */
export const nowhere = '/-'

/** Before anything reads the path: a target that can be read in two ways is not interpreted. */
export const plainTargets: RequestHandler = function plainTargets(request, _response, next) {
  if (!isPlainTarget(request.url)) request.url = nowhere
  next()
}

/**
 * Only POST changes anything here (the page table knows no other verb), so a POST must prove that it comes from a page
 * of ours: by Sec-Fetch-Site, or where a browser sends none, by Origin. Any other request that says it is a foreign
 * write is refused as well.
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
