import type { Clock } from '../../clock.ts'
import { type Subscriptions, subscriptionLifeMs } from '../../entra/graph/subscriptions.ts'
import { retryAfterMsOf } from '../../entra/oidc/errors.ts'
import { isProblem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import type { Board } from '../../session/replicas/board.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { createKept, type Found, type Kept } from './kept-subscription.ts'
import { type Creation, createSubscribing } from './subscribing.ts'

const name = 'subscription'
const checkMs = 60_000
/** Far more often than its life takes: Graph does not say of a group's subscription that it is gone. */
const renewEveryMs = 3_600_000
/** At the start Graph may call back before this process listens. */
const firstRetryMs = 2_000
const longestRetryMs = 300_000
const promptRetries = 3
const leaseMs = 30_000
/** Another one is made in place of none, of one that is gone, or of one whose secret or address is not the newest. */
type Work = ({ renew: Kept } | Creation) & { found: Found }

export const lifecycleEvents = ['reauthorizationRequired', 'subscriptionRemoved', 'missed', 'other'] as const
/** What Graph says of a subscription by itself. Source: graph/change-notifications-lifecycle-events. */
export type Lifecycle = { id: string; what: (typeof lifecycleEvents)[number] }

/**
 * Keeps one subscription to changes of the group's members alive, by one replica at a time, and does what Graph says it
 * needs. When it cannot, nothing is lost but time: the group is asked anyway.
 */
export function createSubscription({
  clock,
  subscriptions,
  clientState,
  announce,
  board,
  leases,
  log,
}: {
  clock: Clock
  subscriptions: Subscriptions
  /** The newest: secrets may change while the process runs. */
  clientState: () => string
  /** Has everybody asked about anew: a change may have been told to nobody. */
  announce: () => Promise<void>
  board: Board
  leases: Leases
  log: Log
}) {
  const kept = createKept({ board, clock })
  const { created, renewed, newest, isSettling } = createSubscribing({
    subscriptions,
    clientState,
    announce,
    kept,
    leases,
    log,
  })
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let failures = 0
  let running = Promise.resolve()

  /** Does what is owed, if anything is. Throws when that failed: then nobody tries again for a while. */
  function keep(): Promise<void> {
    // One at a time in this process: what comes while one is at work may be owed all the same.
    running = running.then(keepOnce, keepOnce)
    return running
  }

  async function keepOnce(): Promise<void> {
    if ((await leases.isPaused(name)) || !(await owed())) return
    await leases.hold(name, leaseMs, async () => {
      // Another replica may have been here between our look and our turn.
      const work = (await leases.isPaused(name)) ? undefined : await owed()
      if (!work) return
      try {
        await ('renew' in work ? renewed(work.renew, work.found) : created(work, work.found))
      } catch (thrown) {
        await leases.pause(name, retryMs(thrown))
        throw thrown
      }
    })
    failures = 0
  }

  const retryMs = (thrown: unknown) =>
    retryAfterMsOf(thrown) ?? Math.min(firstRetryMs * 2 ** Math.min(failures, 16), longestRetryMs)

  async function owed(): Promise<Work | undefined> {
    const found = await kept.current()
    const { kept: before } = found
    if (before === undefined) return { create: 'first', found }
    const isReadable = before !== 'unreadable'
    const isOfNewest = isReadable && before.state === newest()
    if (!isOfNewest && !(await isSettling())) return { create: 'changed', found }
    if (!isReadable) return undefined
    if (before.owed === 'another') return { create: 'gone', found }
    const isOld = before.expiresAt - clock().getTime() <= subscriptionLifeMs - renewEveryMs
    return isOld || before.owed ? { renew: before, found } : undefined
  }

  /** Written down first, so that another replica does it where this one cannot. */
  async function told({ id, what }: Lifecycle): Promise<void> {
    const found = await kept.current()
    const inUse = typeof found.kept === 'object' && found.kept.id === id ? found.kept : undefined
    const owed = inUse?.owed === 'another' ? undefined : debtOf[what]
    if (what === 'missed' || !inUse || owed !== inUse.owed)
      log.info({ event: 'subscription-told', what, inUse: inUse !== undefined })
    if (what === 'missed') await announce()
    if (!inUse || !owed) return
    // Somebody wrote meanwhile: perhaps another one is in use now.
    if (!(await kept.post({ ...inUse, owed }, found))) return told({ id, what })
    again()
  }

  function again(): void {
    const after = (ms: number) => {
      clearTimeout(timer)
      if (!isStopped) timer = setTimeout(again, ms).unref()
    }
    if (isStopped) return
    clearTimeout(timer)
    keep().then(
      () => after(checkMs),
      error => {
        // Redis says so itself, and Graph was not asked.
        if (isProblem(error, 'redis-away')) return after(firstRetryMs)
        const ms = retryMs(error)
        failures += 1
        log.warn({ event: 'subscription-failed', retryInSeconds: Math.ceil(ms / 1000), error })
        // Where it goes on failing, the others look before this one tries again: it may be this one that is cut off.
        after(failures > promptRetries ? ms + checkMs : ms)
      },
    )
  }

  return {
    start: again,
    keep,
    told,
    stop(): void {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

const debtOf: Partial<Record<Lifecycle['what'], 'renewal' | 'another'>> = {
  reauthorizationRequired: 'renewal',
  subscriptionRemoved: 'another',
}
