import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '../../config/load.ts'
import { createOutbound, NoAnswer, type ObserveCall, type Success } from '../outbound.ts'
import { GraphRefusal, readRefusal } from './refusal.ts'
import { parsed } from './shapes.ts'

const usualLimitMs = 3_000
const mostPages = 100

/** `success` is the status that Graph documents for the call. Any other status below 400 is no answer. */
type Act = { method: 'POST' | 'PATCH' | 'DELETE'; success: Success; body?: unknown }
/**
 * `consistency: 'eventual'`: a search of the directory, which Graph answers from an index that lags.
 * Source: https://learn.microsoft.com/graph/aad-advanced-queries
 */
type Call = { limitMs?: number; consistency?: 'eventual' } & (Act | { method?: 'GET'; success?: 200; body?: never })
const pageShape = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().min(1).optional() })
const memberOfShape = z.object({ value: z.array(z.guid()) })

/**
 * The one way to call Graph: with a token, a time limit and no redirects. Tokens go to the configured origin only, the
 * links of pages included. Every method throws NoAnswer or GraphRefusal, and never returns half an answer.
 */
export function createGraph({
  config,
  fetch = globalThis.fetch,
  observe,
}: {
  config: Pick<Config, 'graph'>
  fetch?: typeof globalThis.fetch
  observe?: ObserveCall | undefined
}) {
  const { baseUrl } = config.graph
  const outbound = createOutbound(fetch, observe)

  async function call(
    target: string,
    token: string,
    { method = 'GET', success = 200, body, limitMs = usualLimitMs, consistency }: Call = {},
  ): Promise<unknown> {
    const options = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        // Microsoft finds a call by this id when its answer is lost.
        'client-request-id': randomUUID(),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(consistency && { consistencylevel: consistency }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(limitMs),
    }
    const response = await outbound(target, options, success)
    if (!response.ok) throw readRefusal(response, await response.text())
    return success === 204 ? undefined : wholeOf(await response.json())
  }

  return {
    /** Gives up after 3 s, unless `limitMs` says otherwise. Returns undefined where the documented answer has no body. */
    call: (path: string, token: string, options?: Call) => call(`${baseUrl}${path}`, token, options),

    /** Every item of a list, from all its pages. When one page is missing or unreadable, there is no list. */
    async list(path: string, token: string): Promise<unknown[]> {
      const items: unknown[] = []
      const seen = new Set<string>()
      let next: string | undefined = `${baseUrl}${path}`
      while (next) {
        if (seen.size >= mostPages || seen.has(next) || URL.parse(next)?.origin !== new URL(baseUrl).origin)
          throw new GraphRefusal('paging')
        seen.add(next)
        const page: z.infer<typeof pageShape> = parsed(pageShape, await call(next, token))
        items.push(...page.value)
        next = page['@odata.nextLink']
      }
      return items
    },

    /**
     * Those of the groups (at most 20 object ids in lower case) that the person of this token is in, through nested groups
     * too.
     * Source: https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups
     */
    async memberOf(groupIds: readonly string[], token: string): Promise<ReadonlySet<string>> {
      const answer = await call(`${baseUrl}/me/checkMemberGroups`, token, {
        method: 'POST',
        success: 200,
        body: { groupIds },
      })
      return new Set(parsed(memberOfShape, answer).value.map(id => id.toLowerCase()))
    },
  }
}
export type Graph = ReturnType<typeof createGraph>

/**
 * Throws NoAnswer for an answer that was cut: Graph reports an error that happens after it sent the status at the end of
 * the body.
 * Source: https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html#sec_InStreamError
 */
function wholeOf(answer: unknown): unknown {
  const isCut = typeof answer === 'object' && answer !== null && 'error' in answer && answer.error !== null
  if (isCut) throw new NoAnswer('an error within a success', { kind: 'failed' })
  return answer
}
