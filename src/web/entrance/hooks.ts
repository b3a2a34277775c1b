import { createHash, timingSafeEqual } from 'node:crypto'
import express, { type RequestHandler } from 'express'
import { z } from 'zod'
import type { Config } from '../../config/load.ts'
import { Problem } from '../../errors.ts'
import { type Lifecycle, lifecycleEvents } from '../../gate/news/subscription.ts'
import { bodyProblem } from '../forms.ts'
import { exactly } from './exactly.ts'

const read = express.json({ limit: '256kb', inflate: false })
const itemShape = z.object({
  clientState: z.string(),
  subscriptionId: z.string(),
  tenantId: z.string().nullish(),
  resource: z.string().nullish(),
  lifecycleEvent: z.enum(lifecycleEvents).catch('other').nullish(),
})
type Item = z.infer<typeof itemShape>
const bodyShape = z.object({ value: z.array(z.unknown()).max(1_000) })
const longestToken = 4_096

export type HooksNeeds = {
  config: Pick<Config, 'access' | 'entra' | 'graph'>
  /** The secrets that a notification may carry; the newest first. */
  clientStates: readonly string[]
  watch: { announce(): Promise<void> }
  subscription: { told(word: Lifecycle): Promise<void> }
}

/**
 * POST /hooks/graph: what Graph says of changes, and of the subscription itself. Only a hint: whoever sends it proves by
 * `clientState` that the subscription is ours, each notification of a batch for itself, and the group is asked anew. It comes from no browser, so the same-origin rule does not apply.
 * Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export const createHooks = (needs: HooksNeeds) =>
  exactly(
    'hooks',
    needs.config.graph.notifications ? [{ method: 'post', path: '/hooks/graph', open: createOpen(needs) }] : [],
  )

function createOpen({ config, clientStates, watch, subscription }: HooksNeeds): RequestHandler {
  const isOurs = (item: Item) =>
    clientStates.some(state => isSame(state, item.clientState)) &&
    (item.tenantId?.toLowerCase() ?? config.entra.tenantId) === config.entra.tenantId
  const isOfGroup = ({ resource }: Item) => resource?.toLowerCase().includes(config.access.groupId) ?? false

  return (request, response, next) => {
    const { validationToken } = request.query
    if (validationToken !== undefined) {
      if (typeof validationToken !== 'string' || validationToken.length > longestToken)
        return next(new Problem('form-not-accepted'))
      return void response.status(200).type('text/plain').send(validationToken)
    }
    read(request, response, async (error?: unknown) => {
      if (error) return next(bodyProblem(error))
      const items = bodyShape.safeParse(request.body).data?.value.flatMap(item => itemShape.safeParse(item).data ?? [])
      const ours = items?.filter(isOurs) ?? []
      if (ours.length === 0) return next(new Problem('cross-site'))
      try {
        if (ours.some(isOfGroup)) await watch.announce()
        for (const word of lifecycleIn(ours)) await subscription.told(word)
        response.status(202).end()
      } catch (cause) {
        next(cause)
      }
    })
  }
}

/** Each said once, however often it comes in one batch. */
function lifecycleIn(items: readonly Item[]): Lifecycle[] {
  const words = items.flatMap(({ lifecycleEvent: what, subscriptionId: id }) => (what ? [{ id, what }] : []))
  return [...new Map(words.map(word => [`${word.what} ${word.id}`, word])).values()]
}

/** Digests first: of the same length, so that the comparison takes the same time whatever was sent. */
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
const digest = (text: string) => createHash('sha256').update(text).digest()
