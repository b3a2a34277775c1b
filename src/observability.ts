import { randomBytes } from 'node:crypto'
import type { RequestHandler } from 'express'
import { type DestinationStream, type Logger, pino } from 'pino'
import { addressIn } from './address.ts'
import { Problem } from './errors.ts'
import type { RequestFacts } from './labels.ts'

export type Log = Logger

/** A log of JSON lines in UTC. A line holds only the fields that its call names: never a whole request, session, token or error. */
export const createLog = ({ level, to }: { level: string; to?: DestinationStream }): Log =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: errorFields } },
    to as DestinationStream,
  )

/**
 * The fields of an error that the log may show, and those of its causes, `deepest` of them. Never the message: that of a
 * driver holds the command with its values, that of a client the token. Of the stack only the frames are kept, because its
 * first lines repeat the message. A Problem needs no stack: its code says all.
 */
export function errorFields(thrown: unknown, deepest = 8): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { type: typeof thrown }
  return {
    type: thrown.name,
    code: errorCodeOf(thrown),
    entra: entraFields(thrown),
    redis: redisFields(thrown),
    stack: thrown instanceof Problem ? undefined : framesOf(thrown),
    cause: deepest > 0 && thrown.cause instanceof Error ? errorFields(thrown.cause, deepest - 1) : undefined,
  }
}

const errorCodeOf = (error: Error) =>
  'code' in error && typeof error.code === 'string' ? error.code.slice(0, 80) : undefined
const framesOf = (error: Error) =>
  error.stack
    ?.split('\n')
    .filter(line => /^\s+at .+:\d+:\d+\)?$/.test(line))
    .slice(0, 12)
    .map(line => line.trim())

/** The first word of a refusal by Redis, and the name of the command. The rest of a refusal may be keys and values. */
function redisFields({ name, message, ...rest }: Error & { command?: { name?: unknown } }) {
  if (name !== 'ReplyError') return undefined
  const command = String(rest.command?.name ?? '')
  return { word: /^[A-Z]{2,20}\b/.exec(message)?.[0], command: /^[a-z]{2,30}$/.test(command) ? command : undefined }
}

/** The parts of an Entra error that identify it at Microsoft. Source: entra identity-platform, v2-oauth2-auth-code-flow. */
function entraFields(error: Error) {
  const body = error.cause
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const { error: name, suberror, error_codes: codes, trace_id, correlation_id } = body as Record<string, unknown>
  return {
    error: oauthWord(name),
    suberror: oauthWord(suberror),
    aadsts: Array.isArray(codes) ? codes.filter(code => Number.isInteger(code)).slice(0, 8) : undefined,
    traceId: guidOf(trace_id),
    correlationId: guidOf(correlation_id),
  }
}
const oauthWord = (value: unknown) => (typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? value : undefined)
const guidOf = (value: unknown) => (typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : undefined)

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Eight letters that people can read out over the phone: 40 random bits, without I, L, O and U. */
const newReference = () => Array.from(randomBytes(8), byte => alphabet[byte % 32]).join('')

declare module 'express-serve-static-core' {
  interface Locals {
    reference: string
    log: Log
    /** When this request arrived, by `performance.now()`. */
    startedAt: number
    /** The page that was asked for first, while a sign-in is under way. */
    returnTo?: string
    /** The object id of the person that this request was admitted as, for the last line of its log. */
    oid?: string
  }
}

/**
 * Gives each request an id and a log of its own, and logs a line when it is over. The id is ours, because a caller could
 * forge one. `observe` hears of every request that is over.
 */
export const createRequestLog = (log: Log, observe: (facts: RequestFacts) => void = () => {}): RequestHandler =>
  function requestLog(request, response, next) {
    const started = performance.now()
    response.locals.startedAt = started
    response.locals.reference = newReference()
    response.locals.log = log.child({ reference: response.locals.reference })
    response.setHeader('X-Request-Id', response.locals.reference)
    response.once('close', () => {
      const { statusCode: status, locals } = response
      const path = request.originalUrl.split(/[?#]/)[0] ?? ''
      const ms = performance.now() - started
      const ended = response.writableFinished ? status : 'aborted'
      observe({ path, status: ended, seconds: ms / 1000 })
      const quiet = /^\/(health\/(live|ready)|assets\/[\w.-]+)$/.test(request.originalUrl)
      locals.log[quiet ? 'debug' : 'info']({
        event: 'request',
        method: request.method,
        // Without the query, which holds codes and states when a browser comes back from Entra.
        path: path.slice(0, 300),
        status: ended,
        ms: Math.round(ms),
        oid: locals.oid,
        address: addressIn(request.ip),
      })
    })
    next()
  }
