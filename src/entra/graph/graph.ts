import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '../../config/load.ts'
import { createOutbound, NoAnswer, type Observe, type Success } from '../outbound.ts'
import { GraphRefusal, readRefusal } from './refusal.ts'

const usualLimitMs = 3_000
const mostPages = 100

/** `success` is the status that Graph documents for the call; any other below 400 is no answer. */
type Act = { method: 'POST' | 'PATCH' | 'DELETE'; success: Success; body?: unknown }
type Call = { limitMs?: number } & (Act | { method?: 'GET'; success?: 200; body?: never })
const pageShape = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().min(1).optional() })

/**
 * One way to call Graph: a token, a time limit, no redirects, answers of the expected shape or an error. Tokens and
 * paging go to the configured origin only. Throws NoAnswer or GraphRefusal; never returns half an answer.
 */
export function createGraph({
  config,
  fetch = globalThis.fetch,
  observe,
}: {
  config: Pick<Config, 'graph'>
  fetch?: typeof globalThis.fetch
  observe?: Observe | undefined
}) {
  const { baseUrl } = config.graph
  const outbound = createOutbound(fetch, observe)

  async function call(
    target: string,
    token: string,
    { method = 'GET', success = 200, body, limitMs = usualLimitMs }: Call = {},
  ): Promise<unknown> {
    const options = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        // By which a call is found again at Microsoft, when its answer is lost.
        'client-request-id': randomUUID(),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(limitMs),
    }
    const response = await outbound(target, options, success)
    if (!response.ok) throw readRefusal(response, await response.text())
    return success === 204 ? undefined : wholeOf(await response.json())
  }

  return {
    /** Gives up after 3 s, unless told otherwise. Undefined where the documented answer has no body. */
    call: (path: string, token: string, options?: Call) => call(`${baseUrl}${path}`, token, options),

    /** Every item of a list, all pages of it. A page missing or strange is no list at all. */
    async list(path: string, token: string): Promise<unknown[]> {
      const items: unknown[] = []
      const seen = new Set<string>()
      let next: string | undefined = `${baseUrl}${path}`
      while (next) {
        if (seen.size >= mostPages || seen.has(next) || URL.parse(next)?.origin !== new URL(baseUrl).origin)
          throw new GraphRefusal('paging')
        seen.add(next)
        const page = pageShape.safeParse(await call(next, token))
        if (!page.data) throw new GraphRefusal('shape')
        items.push(...page.data.value)
        next = page.data['@odata.nextLink']
      }
      return items
    },

    /**
     * Whether the person of this token is in the group, nested groups included.
     * Source: https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups
     */
    async isMember(groupId: string, token: string): Promise<boolean> {
      const answer = await call(`${baseUrl}/me/checkMemberGroups`, token, {
        method: 'POST',
        success: 200,
        body: { groupIds: [groupId] },
      })
      const found = z.object({ value: z.array(z.guid()) }).safeParse(answer)
      if (!found.data) throw new GraphRefusal('shape')
      return found.data.value.some(id => id.toLowerCase() === groupId)
    },
  }
}
export type Graph = ReturnType<typeof createGraph>

/**
 * What goes wrong after the status was sent is said at the end of the body: what came before it is not the whole answer.
 * Source: https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html#sec_InStreamError
 */
function wholeOf(answer: unknown): unknown {
  const isCut = typeof answer === 'object' && answer !== null && 'error' in answer && answer.error !== null
  if (isCut) throw new NoAnswer('an error within a success', { kind: 'failed' })
  return answer
}

export { GraphRefusal, NoAnswer }
