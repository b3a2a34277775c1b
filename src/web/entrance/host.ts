import type { RequestHandler } from 'express'
import { Problem } from '../../errors.ts'

/**
 * Refuses every request that does not name the host of BASE_URL, so that no page is shown under a name that somebody else
 * has pointed here. Passes Problem('unknown-host') on.
 * Not looked at: the port, which proxies and port forwards change, and X-Forwarded-Host, because a proxy has to pass Host on.
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
 * Refuses, under a BASE_URL with https, every request that did not come to the proxy over TLS: over plain http browsers
 * withhold the cookie, and signing in would go round for ever. Only a proxy named in TRUST_PROXY is believed about TLS.
 * Passes Problem('not-over-tls') on.
 */
export function createOverTls(baseUrl: string): RequestHandler {
  const isNeeded = baseUrl.startsWith('https:')
  return function overTls(request, _response, next) {
    next(isNeeded && !request.secure ? new Problem('not-over-tls') : undefined)
  }
}
