import { z } from 'zod'

/** What a refusal is known by. The status is 0 where Graph's answer itself was of no use ('shape', 'paging'). */
type Facts = { status?: number; requestId?: string; rules?: readonly string[]; claims?: string }

/**
 * Graph said no, or said something that proves nothing. Its message holds the code alone: Graph's own may name people,
 * and repeats what was sent.
 */
export class GraphRefusal extends Error {
  override name = 'GraphRefusal'
  readonly code: string
  readonly status: number
  /** By which Microsoft finds the request. */
  readonly requestId: string | undefined
  /** The rules of a PIM policy that were not met, e.g. 'ExpirationRule'. */
  readonly rules: readonly string[]
  /** The claims a token must be asked for with before this may be tried again: JSON text, at most 2,000 characters. */
  readonly claims: string | undefined

  constructor(code: string, { status = 0, requestId, rules = [], claims }: Facts = {}) {
    super(code)
    this.code = code
    this.status = status
    this.requestId = requestId
    this.rules = rules
    this.claims = claims
  }
}

const text = z.string().catch('')
const errorShape = z.object({ code: text, message: text, innerError: z.unknown().optional() })
const wrappedShape = z.object({ errorCode: z.string().min(1), message: text })
const idsShape = z.object({ 'request-id': z.string() })

/**
 * Reads an answer that is not a success, of which the body may be anything. PIM puts its own error into the message of
 * Graph's, as JSON text, at times: then that one counts.
 * Source: https://learn.microsoft.com/graph/errors
 */
export function readRefusal(response: Response, body: string): GraphRefusal {
  const error = errorShape.safeParse(member(jsonOf(body), 'error')).data
  const inner = wrappedShape.safeParse(jsonOf(error?.message ?? '')).data
  const message = inner?.message ?? error?.message ?? ''
  const requestId = idOf(response.headers.get('request-id')) ?? idOf(idsShape.safeParse(error?.innerError).data)
  const claims = claimsInMessage(message) ?? claimsInHeader(response.headers.get('www-authenticate') ?? '')
  return new GraphRefusal(wordOf(inner?.errorCode ?? error?.code) ?? `status ${response.status}`, {
    status: response.status,
    rules: rulesIn(message),
    ...(requestId && { requestId }),
    ...(claims && { claims }),
  })
}

const wordOf = (code: string | undefined) => (code && /^[\w.-]{1,80}$/.test(code) ? code : undefined)

function idOf(found: string | null | { 'request-id': string } | undefined): string | undefined {
  const id = typeof found === 'string' ? found : found?.['request-id']
  return id && /^[\w-]{1,64}$/.test(id) ? id : undefined
}

/** Both styles of message name the rules as words that end in Rule; those we do not know yet count too. */
const rulesIn = (message: string) => [...new Set(message.match(/\b[A-Za-z]\w{0,58}Rule\b/g))].slice(0, 20)

/** PIM's step-up: percent-encoded JSON after `claims=`, as in a query. */
function claimsInMessage(message: string): string | undefined {
  const encoded = /(?:^|[&?\s])claims=([^&]+)/.exec(message)?.[1]?.trim()
  return encoded === undefined ? undefined : soundClaims(percentDecoded(encoded))
}

/** Continuous access evaluation: base64 JSON in the Bearer challenge, which is not always the first. */
function claimsInHeader(header: string): string | undefined {
  const parts = header.matchAll(/([a-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([a-z][\w-]*)/gi)
  const challenges: Map<string, string>[] = []
  for (const [, name, quoted, plain, scheme] of parts) {
    if (scheme) challenges.push(new Map([['scheme', scheme.toLowerCase()]]))
    else if (name) challenges.at(-1)?.set(name.toLowerCase(), quoted ?? plain ?? '')
  }
  const asked = challenges.find(each => each.get('scheme') === 'bearer' && each.get('error') === 'insufficient_claims')
  // Node reads base64 and base64url alike.
  return soundClaims(Buffer.from(asked?.get('claims') ?? '', 'base64').toString('utf8'))
}

const longestClaims = 2_000
/** Written anew from what was read: nothing but claims of an access token ever goes on to Entra. */
function soundClaims(unverified: string): string | undefined {
  const claims = jsonOf(unverified)
  if (!isObject(claims) || !isObject(claims.access_token)) return undefined
  const written = JSON.stringify({ access_token: claims.access_token })
  return written.length <= longestClaims ? written : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const member = (value: unknown, name: string) => (isObject(value) ? value[name] : undefined)

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** A plus may stand for a blank, as in a form; in claims nothing else is written with one. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'))
  } catch {
    return ''
  }
}
