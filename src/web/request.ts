import type { Request, Response } from 'express'
import { z } from 'zod'
import { pageWaitMs } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { SessionRecord } from '../session/record/record.ts'

/**
 * Whether a request target is written plainly: a path, one way to read it. Everything else (absolute form, `*`, `//`,
 * encoded slashes, dots or control characters, backslashes, dot segments, fragments) is not interpreted but treated as
 * a path that nothing listens on, so that the gate and the router can never read it differently.
 */
export function isPlainTarget(target: string): boolean {
  const path = target.split('?')[0] ?? ''
  return (
    /^\/[\w\-.~!$&'()*+,;=:@%/]*$/.test(path) &&
    !/\/\/|\/\.{1,2}(\/|$)|%(?![0-9a-f]{2})|%(2f|5c|2e|25|[01][0-9a-f]|7f)/i.test(path) &&
    !target.includes('#') &&
    isDecodable(path)
  )
}

const isDecodable = (path: string) => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** A browser going somewhere, as opposed to a script or a form asking. */
export function isNavigation(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const mode = request.get('sec-fetch-mode')
  return mode === undefined ? prefersHtml(request) : mode === 'navigate'
}

/** In which browsers say that nobody has come yet; the later ones are older. */
const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

/** Asked for without its text, or ahead of time by the browser: nobody has come yet, and perhaps nobody will. */
export const isAheadOfTime = (request: Request): boolean =>
  request.method === 'HEAD' || purposes.some(name => /^(prefetch|preview)\b/i.test(request.get(name) ?? ''))

/** A form that a person sent from a page, as opposed to a script. That the page was ours is asked elsewhere. */
export const isFormOfPage = (request: Request): boolean =>
  request.method === 'POST' && request.get('sec-fetch-mode') === 'navigate' && prefersHtml(request)

// JSON first: accepts() says html for `*/*`, and that is no preference.
export const prefersHtml = (request: Request): boolean => request.accepts(['json', 'html']) === 'html'

/** Who acts with this request, and for how long it waits. */
export const whoOf = ({ identity }: Pick<SessionRecord, 'identity'>, request: Request, { locals }: Response): Who => ({
  identity,
  sessionId: request.sessionID,
  waitsUntil: locals.startedAt + pageWaitMs,
})

/** How long it may wait still, in ms. */
export const leftMs = ({ locals }: Response): number => Math.max(0, locals.startedAt + pageWaitMs - performance.now())

const longestReturnPath = 500

/**
 * A path to come back to after signing in: of this origin, short, checked as it will be sent. Anything else is the
 * start page, and so are the sign-in's own pages.
 */
export function returnPath(wish: unknown, baseUrl: string): string {
  if (typeof wish !== 'string' || !/^\/[^\\\p{Cc}]*$/u.test(wish) || !URL.canParse(wish, baseUrl)) return '/'
  const { origin, pathname, search } = new URL(wish, baseUrl)
  const path = pathname + search
  // Measured as it will be sent: encoded it may be nine times as long, and it is kept in a cookie.
  if (origin !== baseUrl || !isPlainTarget(path) || path.length > longestReturnPath) return '/'
  return /^\/(auth|hooks|health|assets)(\/|$)/i.test(pathname) ? '/' : path
}

const wishShape = z.object({ returnTo: z.string() })

/**
 * Where a form or an address wants to lead to afterwards; undefined when it does not say. The page on which people wait
 * leads on: to itself it would do so for ever.
 */
export function wantedReturn(form: unknown, { baseUrl }: Pick<Config, 'baseUrl'>): string | undefined {
  const { data } = wishShape.safeParse(form)
  const path = data && returnPath(data.returnTo, baseUrl)
  return path?.startsWith('/access/turning-on') ? '/' : path
}

/** The path that was asked for, to come back to. */
export const ownPath = (request: Request, baseUrl: string): string =>
  isPlainTarget(request.originalUrl) ? returnPath(request.originalUrl, baseUrl) : '/'

/** The page on which a person waits until their access is on; it leads to `returnTo`. */
export const turningOnPath = (returnTo: string): string => `/access/turning-on?returnTo=${encodeURIComponent(returnTo)}`

/** The door at which a browser is sent to Entra; signed in, it gets to `returnTo`. */
export const signInPath = (returnTo: string): string => `/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`
