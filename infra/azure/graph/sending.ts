import { randomUUID } from 'node:crypto'
import { pathOnly, problemOf } from './answer.ts'
import type { GraphNeeds } from './graph.ts'
import { GraphProblem } from './problem.ts'
import { bounds, createPatience, retryAfterMs } from './waiting.ts'

/** One request. `url` is given where Graph named the address itself (the next page). */
export type Sent = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  url?: string | undefined
  body?: unknown
}

/** The answer to a request may be lost while the request was carried out. */
export class AnswerLost extends GraphProblem {}

/**
 * Sends requests to Graph, and waits out load: 429, 503 and, where sending again does no harm, a lost answer.
 * Returns the JSON of the answer; undefined where it has none. Throws AnswerLost for a POST that may have been carried
 * out, and GraphProblem for everything else that was not answered well.
 */
export function createSending(needs: GraphNeeds): (sent: Sent) => Promise<unknown> {
  const { clock, sleep } = needs
  const pace = createPace(needs)

  return async function send(sent: Sent): Promise<unknown> {
    const wait = createPatience({ clock, sleep }, bounds.loadMs)
    let isRefused = false
    for (;;) {
      await pace(sent.path)
      const requestId = randomUUID()
      const answer = await ask(needs, sent, { requestId, token: await needs.token({ isRefused }) })
      if (answer.status === 401 && !isRefused) {
        isRefused = true
        continue
      }
      const isLost = answer.status === undefined || answer.status === 502 || answer.status === 504
      if (isLost && sent.method === 'POST') throw lost(sent, requestId, answer.why)
      if (!isLost && answer.status !== 429 && answer.status !== 503) return resultOf(sent, requestId, answer)
      if (!(await wait(answer.waitMs))) throw tooLong(sent, requestId, answer)
    }
  }
}

type Answer = { status: number | undefined; body: string; waitMs: number; why: string }

async function ask(
  { base, fetch, clock }: GraphNeeds,
  { method, path, url, body }: Sent,
  { requestId, token }: { requestId: string; token: string },
): Promise<Answer> {
  try {
    const response = await fetch(url ?? base + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'client-request-id': requestId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(bounds.answerMs),
    })
    const waitMs = retryAfterMs(response.headers.get('retry-after'), clock())
    return { status: response.status, body: await response.text(), waitMs, why: '' }
  } catch (error) {
    const { name, cause } = error as Error
    const code = (cause as { code?: unknown } | undefined)?.code
    return { status: undefined, body: '', waitMs: 0, why: typeof code === 'string' ? code : name }
  }
}

function resultOf(sent: Sent, requestId: string, { status, body }: Answer): unknown {
  if (status === undefined || status < 200 || status > 299)
    throw problemOf({ ...sent, requestId }, { status: status ?? 0, body })
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw new GraphProblem(
      `Graph answered ${named(sent)} with something that is not JSON. client-request-id ${requestId}`,
    )
  }
}

const named = ({ method, path }: Sent): string => `${method} ${pathOnly(path)}`

const lost = (sent: Sent, requestId: string, why: string): AnswerLost =>
  new AnswerLost(`The answer of Graph to ${named(sent)} was lost${why && ` (${why})`}. client-request-id ${requestId}`)

function tooLong(sent: Sent, requestId: string, { status, why }: Answer): GraphProblem {
  const minutes = bounds.loadMs / 60_000
  return new GraphProblem(
    `Graph did not take ${named(sent)} within ${minutes} minutes (${status ?? why}). Nothing is lost by running this again. client-request-id ${requestId}`,
    { status },
  )
}

/** Waits until Conditional Access may be asked again. Graph takes one request a second, and does not say when the next. */
function createPace({
  clock,
  sleep,
  pauses: { conditionalAccessMs } = bounds,
}: GraphNeeds): (path: string) => Promise<void> {
  let next = 0
  return async path => {
    if (!/^\/(identity\/conditionalAccess|policies\/authenticationStrengthPolicies)/.test(path)) return
    const wait = next - clock().getTime()
    if (wait > 0) await sleep(wait)
    next = clock().getTime() + conditionalAccessMs
  }
}
