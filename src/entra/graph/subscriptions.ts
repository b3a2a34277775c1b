import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { AppToken } from '../oidc/app-token.ts'
import type { Graph } from './graph.ts'
import { GraphRefusal } from './refusal.ts'
import { graphInstant, parsed } from './shapes.ts'

/** How long a subscription lives, in ms. Graph allows 29 days, but one that nobody renews should end soon. */
export const subscriptionLifeMs = 48 * 3_600_000

/** `expiresAt` is in epoch ms. */
export type Subscription = { id: string; expiresAt: number }

const answerShape = z.object({ id: z.string().min(1), expirationDateTime: graphInstant })
const listedShape = z.array(
  z.object({ id: z.string().min(1), notificationUrl: z.string().nullish(), resource: z.string().nullish() }),
)

/**
 * Subscriptions to changes of the group's members, at Graph, with the application's own token. Every method throws
 * GraphRefusal or NoAnswer, and Problem('entra-unreachable') or Problem('sign-in-misconfigured') when there is no token.
 * After a NoAnswer to `create`, Graph may have made the subscription all the same.
 * Source: https://learn.microsoft.com/graph/api/resources/subscription
 */
export function createSubscriptions({
  config,
  groupId,
  clock,
  graph,
  appToken,
}: {
  config: Pick<Config, 'baseUrl'>
  groupId: string
  clock: Clock
  graph: Graph
  appToken: AppToken
}) {
  const notificationUrl = `${config.baseUrl}/hooks/graph`
  const resource = `groups/${groupId}/members`
  const expiration = () => new Date(clock().getTime() + subscriptionLifeMs).toISOString()
  const pathOf = (id: string) => `/subscriptions/${encodeURIComponent(id)}`

  async function asked<T>(work: (token: string) => Promise<T>, age: 'any' | 'new' = 'any'): Promise<T> {
    try {
      return await work(await appToken.get({ age }))
    } catch (thrown) {
      // A permission that was granted since is in the next token only.
      if (thrown instanceof GraphRefusal && [401, 403].includes(thrown.status)) appToken.drop()
      throw thrown
    }
  }

  return {
    /** The address to which Graph sends notifications. */
    notificationUrl,

    /** Makes a subscription. Graph sends the client state with every notification. */
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

    /** Prolongs a subscription. With a new token this also answers Graph's demand to authorize the subscription anew. */
    renew(id: string, { token: age }: { token: 'any' | 'new' }): Promise<Subscription> {
      const body = { expirationDateTime: expiration() }
      const renewed = (token: string) => graph.call(pathOf(id), token, { method: 'PATCH', success: 200, body })
      return asked(async token => readLiving(await renewed(token)), age)
    },

    /** Ends a subscription. One that is gone already is no error. */
    drop: (id: string): Promise<void> =>
      asked(token => graph.call(pathOf(id), token, { method: 'DELETE', success: 204 })).then(
        () => undefined,
        thrown => {
          if (!isGone(thrown)) throw thrown
        },
      ),

    /** The ids of all subscriptions to this group that call this application, older and lost ones included. */
    ours: (): Promise<string[]> =>
      asked(async token => {
        const listed = parsed(listedShape, await graph.list('/subscriptions', token))
        return listed.filter(isOurs).map(({ id }) => id)
      }),
  }

  /** Refuses a subscription that has expired already: otherwise another would be made at once, for ever. */
  function readLiving(answer: unknown): Subscription {
    const { id, expirationDateTime: expiresAt } = parsed(answerShape, answer)
    if (expiresAt <= clock().getTime()) throw new GraphRefusal('shape')
    return { id, expiresAt }
  }

  function isOurs(listed: z.infer<typeof listedShape>[number]): boolean {
    return listed.notificationUrl === notificationUrl && listed.resource?.toLowerCase().replace(/^\//, '') === resource
  }
}
export type Subscriptions = ReturnType<typeof createSubscriptions>

/** Whether Graph says that a subscription to the same changes exists. Source: graph/change-notifications-delivery-webhooks. */
export const isTaken = (thrown: unknown): boolean => thrown instanceof GraphRefusal && thrown.status === 409

/** Whether Graph says that the subscription does not exist, or exists no longer. */
export const isGone = (thrown: unknown): boolean =>
  thrown instanceof GraphRefusal && (thrown.status === 404 || thrown.status === 410)
