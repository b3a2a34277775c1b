/** Why a call has no answer: Entra or Graph told us to come later, had a fault of its own, or was silent. */
type NoAnswerKind = 'throttled' | 'failed' | 'unanswered'
/** Hears of every call: its address, how it ended, and its seconds. */
export type ObserveCall = (url: string, result: 'ok' | 'refused' | NoAnswerKind, seconds: number) => void

/**
 * Entra or Graph did not answer, or answered in a way that says nothing about the person. A NoAnswer is neither the
 * person's fault nor a refusal.
 */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
  /** How long the answer asked us to wait before the next call, in ms. */
  readonly retryAfterMs: number | undefined
  readonly kind: NoAnswerKind

  constructor(
    message: string,
    {
      cause,
      retryAfterMs,
      kind = 'unanswered',
    }: { cause?: unknown; retryAfterMs?: number | undefined; kind?: NoAnswerKind } = {},
  ) {
    super(message, { cause })
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

const longestRetryAfterMs = 60_000
/**
 * How long an answer asks us to wait before the next call, in ms: its Retry-After, in seconds or as a date. At most a
 * minute, or `longestMs`, so that no answer can keep us from ever asking again. `now` is epoch ms.
 */
export function retryAfterOf(
  response: Response,
  { now = Date.now(), longestMs = longestRetryAfterMs } = {},
): number | undefined {
  const value = response.headers.get('retry-after')
  if (!value) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestMs) : undefined
}

const largestBody = 1_000_000

/** The status with which a call is documented to succeed. */
export type Success = 200 | 201 | 204
type Outbound = (...call: [...Parameters<typeof globalThis.fetch>, success?: Success]) => Promise<Response>

/**
 * A fetch that throws NoAnswer wherever there is no usable answer: no connection, a time-out, 429, 5xx, a redirect, another
 * success than the documented one (200 by default), a body that is too long, or a success whose body is not JSON. So
 * callers can tell an outage from a lie.
 */
export const createOutbound =
  (fetch: typeof globalThis.fetch, observe: ObserveCall = () => {}): Outbound =>
  async (input, options, success = 200) => {
    const began = performance.now()
    const saw = (result: Parameters<ObserveCall>[1]) =>
      observe(String(input), result, (performance.now() - began) / 1000)
    try {
      const response = await answered(await reached(fetch, input, options), success)
      saw(response.ok ? 'ok' : 'refused')
      return response
    } catch (thrown) {
      saw(thrown instanceof NoAnswer ? thrown.kind : 'unanswered')
      throw thrown
    }
  }

const reached = (fetch: typeof globalThis.fetch, ...[input, options]: Parameters<typeof globalThis.fetch>) =>
  fetch(input, { ...options, redirect: 'manual' }).catch(cause => {
    throw new NoAnswer('no connection', { cause })
  })

async function answered(response: Response, success: Success): Promise<Response> {
  const body = await bodyOf(response)
  const { status } = response
  if (status === 429 || status >= 500)
    throw new NoAnswer(`status ${status}`, {
      kind: status === 429 ? 'throttled' : 'failed',
      retryAfterMs: retryAfterOf(response),
    })
  // "Accepted, but not done yet", or the answer of something between us and Microsoft: neither proves anything.
  if (status < 400 && status !== success) throw new NoAnswer(`status ${status}`, { kind: 'failed' })
  if (status === 200 || status === 201) mustBeJson(body)
  return new Response(status === 204 ? null : body, { status, headers: response.headers })
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

function mustBeJson(body: string): void {
  try {
    JSON.parse(body)
  } catch {
    throw new NoAnswer('not JSON', { kind: 'failed' })
  }
}
