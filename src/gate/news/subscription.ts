import type { Clock } from '../../clock.ts'
import type { Subscriptions } from '../../entra/graph/subscriptions.ts'
import { retryAfterMsOf } from '../../entra/oidc/errors.ts'
import { isProblem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import type { Board } from '../../session/replicas/board.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { createKept } from './kept-subscription.ts'
import { workOwed } from './owed-work.ts'
import { createSubscribing } from './subscribing.ts'

const name = 'subscription'
const checkMs = 60_000
/** Short, because at the start Graph may call back before this process listens. */
const firstRetryMs = 2_000
const longestRetryMs = 300_000
const promptRetries = 3
const leaseMs = 30_000

export const lifecycleEvents = ['reauthorizationRequired', 'subscriptionRemoved', 'missed', 'other'] as const
/**
 * News that Graph sends of a subscription of its own accord.
 * Source: https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export type Lifecycle = { id: string; what: (typeof lifecycleEvents)[number] }

/**
 * Keeps one subscription to changes of the group's members alive, by one replica at a time, and does what Graph says
 * that it needs. When that fails, nothing is lost but time: the group is asked anyway.
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
  const subscribing = createSubscribing({ subscriptions, clientState, announce, kept, leases, log })
  const { newest, isSettling } = subscribing
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let failures = 0
  let running = Promise.resolve()

  function keep(): Promise<void> {
    // One at a time in this process: what is owed may have changed while another is at work.
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
        await ('renew' in work ? subscribing.renewed(work.renew, work.entry) : subscribing.created(work, work.entry))
      } catch (thrown) {
        await leases.pause(name, retryMs(thrown))
        throw thrown
      }
    })
    failures = 0
  }

  const owed = async () => workOwed(await kept.current(), { now: clock().getTime(), newest: newest(), isSettling })

  const retryMs = (thrown: unknown): number =>
    retryAfterMsOf(thrown) ?? Math.min(firstRetryMs * 2 ** Math.min(failures, 16), longestRetryMs)

  async function told({ id, what }: Lifecycle): Promise<void> {
    const entry = await kept.current()
    const inUse = typeof entry.kept === 'object' && entry.kept.id === id ? entry.kept : undefined
    const owed = inUse?.owed === 'another' ? undefined : debtOf[what]
    if (what === 'missed' || !inUse || owed !== inUse.owed)
      log.info({ event: 'subscription-told', what, inUse: inUse !== undefined })
    if (what === 'missed') await announce()
    if (!inUse || !owed) return
    // Where somebody wrote meanwhile, perhaps another subscription is in use now.
    if (!(await kept.post({ ...inUse, owed }, entry))) return told({ id, what })
    again()
  }

  function again(): void {
    if (isStopped) return
    clearTimeout(timer)
    keep()
      .then(msToNextLook)
      .then(againAfter, error => againAfter(pauseAfterFailure(error)))
  }

  /** A look that came while nobody may ask, perhaps an instant too early, is soon followed by another. */
  const msToNextLook = async (): Promise<number> => ((await leases.isPaused(name)) ? firstRetryMs : checkMs)

  function againAfter(ms: number): void {
    clearTimeout(timer)
    if (!isStopped) timer = setTimeout(again, ms).unref()
  }

  /** In ms, until this replica tries again. */
  function pauseAfterFailure(error: unknown): number {
    // Redis says so itself, and Graph was not asked.
    if (isProblem(error, 'redis-away')) return firstRetryMs
    const ms = retryMs(error)
    failures += 1
    log.warn({ event: 'subscription-failed', retryInSeconds: Math.ceil(ms / 1000), error })
    // Where it goes on failing, the other replicas look before this one tries again: it may be this one that is cut
    // off.
    return failures > promptRetries ? ms + checkMs : ms
  }

  return {
    start: again,
    /** Does what is owed, if anything is. Throws when that failed; then nobody tries again for a while. */
    keep,
    /**
     * Hears what Graph tells of a subscription. It is written down first, so that another replica does it where this
     * one cannot.
     */
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
