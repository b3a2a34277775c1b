import { createHash, timingSafeEqual } from 'node:crypto'
import express, { type RequestHandler } from 'express'
import { z } from 'zod'
import type { Config } from '../../config/load.ts'
import { Problem } from '../../errors.ts'
import type { News } from '../../gate/news/news.ts'
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
  config: Pick<Config, 'entra' | 'graph'>
  gates: { all: readonly { news: Pick<News, 'clientStates' | 'isAbout' | 'announce' | 'subscription'> }[] }
}

/**
 * POST /hooks/graph: Graph tells of changes to the group, and of the subscription itself. A notification is only a hint,
 * and the group is asked anew. Each notification of a batch has to prove by `clientState` that it belongs to our
 * subscription. No browser sends it, so the same-origin rule does not apply.
 * Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export const createHooks = (needs: HooksNeeds) =>
  exactly(
    'hooks',
    needs.config.graph.notifications ? [{ method: 'post', path: '/hooks/graph', open: createOpen(needs) }] : [],
  )

function createOpen({ config, gates }: HooksNeeds): RequestHandler {
  const isOfOurSubscription = (item: Item, { clientStates }: Pick<News, 'clientStates'>) =>
    clientStates().some(state => areSameSecret(state, item.clientState)) &&
    (item.tenantId?.toLowerCase() ?? config.entra.tenantId) === config.entra.tenantId

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
      const told = gates.all.map(({ news }) => ({
        news,
        items: items?.filter(item => isOfOurSubscription(item, news)) ?? [],
      }))
      if (told.every(({ items }) => items.length === 0)) return next(new Problem('cross-site'))
      try {
        for (const { news, items } of told) {
          if (items.some(({ resource }) => resource && news.isAbout(resource))) await news.announce()
          for (const word of lifecycleIn(items)) await news.subscription.told(word)
        }
        response.status(202).end()
      } catch (cause) {
        next(cause)
      }
    })
  }
}

/** The words about subscriptions in one batch, each once however often it comes. */
function lifecycleIn(items: readonly Item[]): Lifecycle[] {
  const words = items.flatMap(({ lifecycleEvent: what, subscriptionId: id }) => (what ? [{ id, what }] : []))
  return [...new Map(words.map(word => [`${word.what} ${word.id}`, word])).values()]
}

/** Compares digests, which have one length, so that the comparison takes the same time for every text. */
const areSameSecret = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
const digest = (text: string) => createHash('sha256').update(text).digest()
