import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { AppToken } from '../oidc/app-token.ts'
import { type Graph, GraphRefusal } from './graph.ts'

/** How long a subscription is asked for. Graph allows 29 days; one that nobody keeps should not outlive its use. */
export const subscriptionLifeMs = 48 * 3_600_000

/** `expiresAt` is in epoch ms. */
export type Subscription = { id: string; expiresAt: number }

const answerShape = z.object({ id: z.string().min(1), expirationDateTime: z.iso.datetime({ offset: true }) })
const listedShape = z.array(
  z.object({ id: z.string().min(1), notificationUrl: z.string().nullish(), resource: z.string().nullish() }),
)

/**
 * Subscriptions to changes of the group's members, at Graph, with the application's own token. Every method throws
 * GraphRefusal or NoAnswer; after a NoAnswer to `create` there may be one all the same.
 * Source: https://learn.microsoft.com/graph/api/resources/subscription
 */
export function createSubscriptions({
  config,
  clock,
  graph,
  appToken,
}: {
  config: Pick<Config, 'baseUrl' | 'access'>
  clock: Clock
  graph: Graph
  appToken: AppToken
}) {
  const notificationUrl = `${config.baseUrl}/hooks/graph`
  const resource = `groups/${config.access.groupId}/members`
  const expiration = () => new Date(clock().getTime() + subscriptionLifeMs).toISOString()
  const pathOf = (id: string) => `/subscriptions/${encodeURIComponent(id)}`

  async function asked<T>(work: (token: string) => Promise<T>, age: 'any' | 'new' = 'any'): Promise<T> {
    try {
      return await work(await appToken.get({ age }))
    } catch (thrown) {
      // A permission that was granted meanwhile is in the next token only.
      if (thrown instanceof GraphRefusal && [401, 403].includes(thrown.status)) appToken.drop()
      throw thrown
    }
  }

  return {
    /** Where notifications are sent. */
    notificationUrl,

    create: (clientState: string): Promise<Subscription> =>
      asked(async token => {
        const body = {
          changeType: 'updated',
          notificationUrl,
          lifecycleNotificationUrl: notificationUrl,
          resource,
          expirationDateTime: expiration(),
          clientState,
        }
        return readLiving(await graph.call('/subscriptions', token, { method: 'POST', success: 201, body }))
      }),

    /** With a new life. With a token that is new too, it answers a demand to authorize the subscription anew. */
    renew(id: string, { token: age }: { token: 'any' | 'new' }): Promise<Subscription> {
      const body = { expirationDateTime: expiration() }
      const renewed = (token: string) => graph.call(pathOf(id), token, { method: 'PATCH', success: 200, body })
      return asked(async token => readLiving(await renewed(token)), age)
    },

    /** Fine, too, when it is gone already. */
    drop: (id: string): Promise<void> =>
      asked(token => graph.call(pathOf(id), token, { method: 'DELETE', success: 204 })).then(
        () => undefined,
        thrown => {
          if (!isGone(thrown)) throw thrown
        },
      ),

    /** The ids of those that call this application about this group: of an earlier time, or of a lost answer. */
    ours: (): Promise<string[]> =>
      asked(async token => {
        const listed = listedShape.safeParse(await graph.list('/subscriptions', token)).data
        if (!listed) throw new GraphRefusal('shape')
        return listed.filter(isOurs).map(({ id }) => id)
      }),
  }

  /** One that has run out already would be made again at once, for ever. */
  function readLiving(answer: unknown): Subscription {
    const { data } = answerShape.safeParse(answer)
    const expiresAt = Date.parse(data?.expirationDateTime ?? '')
    if (!data || expiresAt <= clock().getTime()) throw new GraphRefusal('shape')
    return { id: data.id, expiresAt }
  }

  function isOurs(listed: z.infer<typeof listedShape>[number]): boolean {
    return listed.notificationUrl === notificationUrl && listed.resource?.toLowerCase().replace(/^\//, '') === resource
  }
}
export type Subscriptions = ReturnType<typeof createSubscriptions>

/** Whether Graph says that there is one of the same changes already. Source: graph/change-notifications-delivery-webhooks. */
export const isTaken = (thrown: unknown): boolean => thrown instanceof GraphRefusal && thrown.status === 409

/** Whether Graph says that there is no such subscription, or none any more. */
export const isGone = (thrown: unknown): boolean =>
  thrown instanceof GraphRefusal && (thrown.status === 404 || thrown.status === 410)
