import type { RequestHandler } from 'express'
import { Problem } from '../../errors.ts'

/**
 * Answers only under the name that BASE_URL gives. Nothing here builds an address from a request; this keeps pages from
 * being shown under a name that somebody else has pointed here.
 * Not looked at: the port, which proxies and port forwards change, and X-Forwarded-Host: a proxy has to pass Host on.
 */
export function createKnownHost(baseUrl: string): RequestHandler {
  const ours = new URL(baseUrl).hostname
  return function knownHost(request, _response, next) {
    const [host = '', ...more] = request.headersDistinct.host ?? []
    const isOurs = more.length === 0 && host.replace(/:\d{1,5}$/, '').toLowerCase() === ours
    next(isOurs ? undefined : new Problem('unknown-host'))
  }
}

/**
 * Under an https address, takes only what came to the proxy over TLS: over plain http browsers withhold the cookie, and
 * signing in would go round for ever. Only a proxy named in TRUST_PROXY is believed to say so.
 */
export function createOverTls(baseUrl: string): RequestHandler {
  const isNeeded = baseUrl.startsWith('https:')
  return function overTls(request, _response, next) {
    next(isNeeded && !request.secure ? new Problem('not-over-tls') : undefined)
  }
}
