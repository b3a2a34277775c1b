import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Graph } from '../entra/graph.ts'
import type { Log } from '../observability.ts'
import type { Board } from '../session/board.ts'
import type { Leases } from '../session/lease.ts'

const lifeMs = 48 * 3_600_000
const checkMs = 60_000
/** At the start Graph may call back before this process listens. */
const retryMs = 2_000
const leaseMs = 30_000
const answerShape = z.object({ id: z.string().min(1), expirationDateTime: z.iso.datetime({ offset: true }) })
type Subscription = { id: string; expiresAt: number }

/**
 * Keeps one subscription to changes of the group's members alive, by one replica at a time. When it cannot, nothing is
 * lost but time: the group is asked anyway.
 * Source: https://learn.microsoft.com/graph/api/subscription-post-subscriptions
 */
export function createSubscription({
  config,
  clock,
  graph,
  token,
  clientState,
  board,
  leases,
  log,
}: {
  config: Pick<Config, 'baseUrl' | 'access'>
  clock: Clock
  graph: Graph
  token: () => Promise<string>
  /** The newest: secrets may change while the process runs. */
  clientState: () => string
  board: Board
  leases: Leases
  log: Log
}) {
  const notificationUrl = `${config.baseUrl}/hooks/graph`
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function keep(): Promise<void> {
    const known = await current()
    if (known && known.expiresAt - clock().getTime() > lifeMs / 2) return
    await leases.hold('subscription', leaseMs, async () => {
      const next = (known && (await renewed(known).catch(() => undefined))) ?? (await created())
      const at = clock().getTime()
      await board.post('subscription', { at, text: JSON.stringify(next), lifeMs: Math.max(1, next.expiresAt - at) })
      log.info({ event: 'subscribed', expiresAt: new Date(next.expiresAt).toISOString() })
    })
  }

  async function current(): Promise<Subscription | undefined> {
    const text = await board.read('subscription')
    return text === undefined ? undefined : (JSON.parse(text) as Subscription)
  }

  const expiration = () => new Date(clock().getTime() + lifeMs).toISOString()

  async function created(): Promise<Subscription> {
    const body = {
      changeType: 'updated',
      notificationUrl,
      lifecycleNotificationUrl: notificationUrl,
      resource: `groups/${config.access.groupId}/members`,
      expirationDateTime: expiration(),
      clientState: clientState(),
    }
    return read(await graph.call('/subscriptions', await token(), { method: 'POST', success: 201, body }))
  }

  async function renewed({ id }: Subscription): Promise<Subscription> {
    const body = { expirationDateTime: expiration() }
    return read(
      await graph.call(`/subscriptions/${encodeURIComponent(id)}`, await token(), {
        method: 'PATCH',
        success: 200,
        body,
      }),
    )
  }

  function again(): void {
    const after = (ms: number) => {
      if (!isStopped) timer = setTimeout(again, ms).unref()
    }
    keep().then(
      () => after(checkMs),
      error => {
        log.warn({ event: 'subscription-failed', error })
        after(retryMs)
      },
    )
  }

  return {
    start: again,
    keep,
    stop(): void {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

function read(answer: unknown): Subscription {
  const { id, expirationDateTime } = answerShape.parse(answer)
  return { id, expiresAt: Date.parse(expirationDateTime) }
}
