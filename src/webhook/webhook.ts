import type { webhookResults } from '../labels.ts'
import type { Log } from '../observability.ts'
import type { Ledger } from '../session/ledger/ledger.ts'
import type { WebhookPosition } from '../session/ledger/webhook-position.ts'
import type { Leases } from '../session/replicas/lease.ts'
import type { Deliver } from './delivering.ts'
import { messageOf } from './message.ts'

/** How often (ms) a replica looks for records that are to be sent. */
const lookMs = 1_000
/** A replica that dies while it sends leaves the rest to the others after so long (ms). */
const leaseMs = 15_000
/** So many records are read, and sent one after the other, in one turn. */
const inOneTurn = 100
const shortestPauseMs = 1_000
const longestPauseMs = 300_000

type Delivery = (typeof webhookResults)[number]

/**
 * Sends each record of the trail to one address: at least once, in the order of their numbers, by one replica at a time. A
 * record that is not taken holds up those behind it, and is sent again after a pause that grows from one second to five
 * minutes and that all replicas keep. The position is kept in Redis; without one, sending begins at the oldest record.
 */
export function createWebhook({
  ledger,
  position,
  leases,
  deliver,
  trail,
  log,
  observe = () => {},
}: {
  ledger: Pick<Ledger, 'read' | 'size'>
  position: WebhookPosition
  leases: Pick<Leases, 'hold' | 'pause' | 'isPaused'>
  deliver: Deliver
  /** A short name of this trail, for the ids of messages. */
  trail: string
  log: Pick<Log, 'info' | 'warn'>
  /** Hears how each message ended. */
  observe?: (delivery: Delivery) => void
}) {
  // Installations that share a Redis have one of these each.
  const name = `webhook:${trail}`
  let timer: NodeJS.Timeout | undefined
  let isStopped = true
  let failures = 0

  /** Sends what is there. Returns whether there may be more at once. */
  async function turn(): Promise<boolean> {
    if (await leases.isPaused(name)) return false
    const done = await leases.hold(name, leaseMs, sendRest)
    return done.held && done.value
  }

  async function sendRest(): Promise<boolean> {
    const records = await ledger.read({ from: await position.read() }, { count: inOneTurn })
    for (const record of records) {
      if (isStopped) return false
      const sent = await deliver(messageOf(record, trail))
      if (!sent.taken) {
        await wait(record.seq, sent)
        return false
      }
      observe('taken')
      await position.write(record.seq + 1)
      if (failures > 0) log.info({ event: 'audit-webhook-recovered', seq: record.seq, failures })
      failures = 0
    }
    return records.length === inOneTurn
  }

  async function wait(seq: number, { status, retryAfterMs }: { status?: number; retryAfterMs?: number }) {
    observe(status === undefined ? 'unanswered' : 'refused')
    const ms = Math.max(retryAfterMs ?? 0, Math.min(shortestPauseMs * 2 ** failures, longestPauseMs))
    failures += 1
    log.warn({ event: 'audit-webhook-failed', seq, status, failures, againInSeconds: Math.round(ms / 1000) })
    await leases.pause(name, ms)
  }

  function again(ms: number): void {
    if (isStopped) return
    timer = setTimeout(() => {
      // Redis is away: the log says that elsewhere, and nothing is lost by waiting.
      turn()
        .catch(() => false)
        .then(hasMore => again(hasMore ? 0 : lookMs))
    }, ms).unref()
  }

  return {
    start(): void {
      isStopped = false
      again(0)
    },
    stop(): void {
      isStopped = true
      clearTimeout(timer)
    },
    /** How many records wait to be sent. Throws Problem('redis-away'). */
    async waiting(): Promise<number> {
      const [size, next] = await Promise.all([ledger.size(), position.read()])
      return Math.max(0, size - next)
    },
  }
}
export type Webhook = ReturnType<typeof createWebhook>
