import type { Request, Response } from 'express'
import { z } from 'zod'
import { pageWaitMs } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { SessionRecord } from '../session/record/record.ts'
import { withoutNotice } from './shell/one-time-notice.ts'

/**
 * Whether a request target is a path that can be read in one way only. Every other target (absolute form, `*`, `//`,
 * encoded slashes, dots or control characters, backslashes, dot segments, fragments) is treated as a path that nothing
 * listens on, so that the gate and the router can never read it differently.
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

/** Whether a person's browser goes somewhere, as opposed to a script or a form that asks. */
export function isNavigation(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const mode = request.get('sec-fetch-mode')
  return mode === undefined ? prefersHtml(request) : mode === 'navigate'
}

/** Headers with which browsers say that nobody has come yet; the older ones come later. */
const purposeHeaders = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

/** Whether a page is asked for without its text, or ahead of time by the browser: nobody has come yet, and perhaps nobody will. */
export const isAheadOfTime = (request: Request): boolean =>
  request.method === 'HEAD' || purposeHeaders.some(name => /^(prefetch|preview)\b/i.test(request.get(name) ?? ''))

/** Whether a person sent a form from a page, as opposed to a script. That the page was ours is asked in `createSameOriginOnly`. */
export const isFormOfPage = (request: Request): boolean =>
  request.method === 'POST' && request.get('sec-fetch-mode') === 'navigate' && prefersHtml(request)

// JSON comes first in this list, because accepts() takes the first for `*/*`, and that is no preference for HTML.
/** Whether the caller would rather have a page than JSON. */
export const prefersHtml = (request: Request): boolean => request.accepts(['json', 'html']) === 'html'

/** The person who acts with this request, and the time until which the request may wait (by `performance.now()`). */
export const whoOf = ({ identity }: Pick<SessionRecord, 'identity'>, request: Request, { locals }: Response): Who => ({
  identity,
  sessionId: request.sessionID,
  waitsUntil: locals.startedAt + pageWaitMs,
})

/** How much longer this answer may wait for Microsoft, in ms. */
export const leftMs = ({ locals }: Response): number => Math.max(0, locals.startedAt + pageWaitMs - performance.now())

const longestReturnPath = 500

/**
 * The path to come back to after signing in: of this origin, short, checked as it will be sent. The start page stands in
 * for every other wish, also for one that names a page of the sign-in itself.
 */
export function returnPath(wish: unknown, baseUrl: string): string {
  if (typeof wish !== 'string' || !/^\/[^\\\p{Cc}]*$/u.test(wish) || !URL.canParse(wish, baseUrl)) return '/'
  const { origin, pathname, search } = new URL(wish, baseUrl)
  const path = pathname + search
  // Measured as it will be sent, because it is kept in a cookie, and encoded it may be nine times as long.
  if (origin !== baseUrl || !isPlainTarget(path) || path.length > longestReturnPath) return '/'
  return /^\/(auth|hooks|health|assets)(\/|$)/i.test(pathname) ? '/' : path
}

const namesShape = z.union([z.string(), z.array(z.string())])
const gateShape = z.object({ gate: namesShape })
const besideShape = z.object({ beside: namesShape })

/** The names of the gates that a form or an address is about, each once; empty when it names none. */
export const gatesNamed = (given: unknown): string[] => [
  ...new Set([gateShape.safeParse(given).data?.gate ?? []].flat()),
]

/** The names of the gates at which access was asked for together with what a form is about (`beside`), each once. */
export const besideNamed = (form: unknown): string[] => [
  ...new Set([besideShape.safeParse(form).data?.beside ?? []].flat()),
]

/** The name of the gate that a form or an address is about; undefined when it names none, or several. */
export function gateNamed(given: unknown): string | undefined {
  const [name, ...others] = gatesNamed(given)
  return others.length > 0 ? undefined : name
}

const returnShape = z.object({ returnTo: z.string() })

/**
 * The path that a form or an address names to go on to afterwards; undefined when it names none. A wish for the page on
 * which people wait becomes the start page: that page leads on, and would lead to itself for ever.
 */
export function wantedReturn(form: unknown, { baseUrl }: Pick<Config, 'baseUrl'>): string | undefined {
  const { data } = returnShape.safeParse(form)
  const path = data && returnPath(data.returnTo, baseUrl)
  return path?.startsWith('/access/turning-on') ? '/' : path
}

/** The path that this request asks for, to come back to. */
export const ownPath = (request: Request, baseUrl: string): string =>
  isPlainTarget(request.originalUrl) ? returnPath(withoutNotice(request.originalUrl), baseUrl) : '/'

/** A path of ours with the gates that it is about, as doors are given them: empty for `members` alone. */
export const pathOn = (path: string, gate: string | readonly string[], more: Record<string, string> = {}): string => {
  const gates = [gate].flat().filter(Boolean)
  const named = gates.map((each): [string, string] => ['gate', each])
  const query = new URLSearchParams([...named, ...Object.entries(more)]).toString()
  return query ? `${path}?${query}` : path
}

/**
 * The page on which a person waits until their access is on; it leads to `returnTo`. `gate` is as doors are given it: empty
 * for `members`.
 */
export const turningOnPath = (returnTo: string, gate: string | readonly string[]): string =>
  pathOn('/access/turning-on', gate, { returnTo })

/** The door at which a browser is sent to Entra; signed in, it gets to `returnTo`. */
export const signInPath = (returnTo: string): string => `/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`
