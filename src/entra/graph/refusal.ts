import { z } from 'zod'

/** The facts of a refusal. The status is 0 where Graph's answer cannot be used ('shape', 'paging'). */
type RefusalParts = { status?: number; requestId?: string; rules?: readonly string[]; claims?: string }

/**
 * Graph said no, or sent an answer that proves nothing. Our message holds the code alone, because Graph's message may name
 * people and repeats what was sent.
 */
export class GraphRefusal extends Error {
  override name = 'GraphRefusal'
  readonly code: string
  readonly status: number
  /** The id by which Microsoft finds the request. */
  readonly requestId: string | undefined
  /** The rules of a PIM policy that were not met, e.g. 'ExpirationRule'. */
  readonly rules: readonly string[]
  /** The claims to ask a new token with before the call is tried again: JSON text, at most 2,000 characters. */
  readonly claims: string | undefined

  constructor(code: string, { status = 0, requestId, rules = [], claims }: RefusalParts = {}) {
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
 * Reads an answer that is not a success. Its body may be anything. At times PIM puts its own error, as JSON text, into the
 * message of Graph's error: then PIM's error counts.
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

/** Both styles of message name the rules as words that end in Rule. Rules that we do not know yet count too. */
const rulesIn = (message: string) => [...new Set(message.match(/\b[A-Za-z]\w{0,58}Rule\b/g))].slice(0, 20)

/** PIM asks for a step-up with percent-encoded JSON after `claims=`, as in a query. */
function claimsInMessage(message: string): string | undefined {
  const encoded = /(?:^|[&?\s])claims=([^&]+)/.exec(message)?.[1]?.trim()
  return encoded === undefined ? undefined : soundClaims(percentDecoded(encoded))
}

/** Continuous access evaluation sends base64 JSON in the Bearer challenge, which is not always the first challenge. */
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
/** Keeps the claims of the access token and drops the rest, because these claims go on to Entra. */
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

/** A plus may stand for a blank, as in a form. Claims have no plus of their own. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'))
  } catch {
    return ''
  }
}
