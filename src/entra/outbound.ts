/** Entra did not answer, or not in a way that says anything about the person: not their fault and not a refusal. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
  /** How long it asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, { cause, retryAfterMs }: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    super(message, { cause })
    this.retryAfterMs = retryAfterMs
  }
}

const longestRetryAfterMs = 60_000
/** Seconds or a date, at most a minute: an answer that asks for more must not keep us from ever asking again. */
function retryAfterOf(response: Response): number | undefined {
  const value = response.headers.get('retry-after')
  if (!value) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestRetryAfterMs) : undefined
}

const largestBody = 1_000_000

/**
 * A fetch that turns every way of not answering into NoAnswer: no connection, a time-out, 429, 5xx, a body that is too
 * long or claims to be JSON and is not. Follows no redirects. So the callers can tell an outage from a lie.
 */
export const createOutbound =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, options) => {
    const response = await fetch(input, { ...options, redirect: 'manual' }).catch(cause => {
      throw new NoAnswer('no connection', { cause })
    })
    const body = await bodyOf(response)
    if (response.status === 429 || response.status >= 500)
      throw new NoAnswer(`status ${response.status}`, { retryAfterMs: retryAfterOf(response) })
    if (response.status >= 300 && response.status < 400) throw new NoAnswer('redirected')
    if (response.ok && response.status !== 204 && !isJson(body)) throw new NoAnswer('not JSON')
    return new Response(response.status === 204 ? null : body, { status: response.status, headers: response.headers })
  }

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      length += chunk.length
      if (length > largestBody) throw new NoAnswer('body too long')
    }
  } catch (cause) {
    throw cause instanceof NoAnswer ? cause : new NoAnswer('body cut off', { cause })
  }
  return Buffer.concat(chunks).toString('utf8')
}

const isJson = (body: string) => {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}
