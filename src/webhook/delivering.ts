import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import { retryAfterOf } from '../entra/outbound.ts'
import type { Message } from './message.ts'
import { signedHeaders } from './signature.ts'

/** How a message was taken. `status`: what the receiver answered; absent where it did not answer. */
export type Delivered = { taken: true } | { taken: false; status?: number; retryAfterMs?: number }

/** So long (ms) a receiver may take for one message. */
const limitMs = 10_000
/** No answer keeps us from trying again for longer than this (ms). */
const longestRetryAfterMs = 300_000

/**
 * Makes the function that sends one message, signed. Any success (2xx) takes it. A redirect does not: it would lead records
 * to an address that nobody has set. Never throws.
 */
export function createDelivering({
  url,
  secrets,
  clock,
  fetch = globalThis.fetch,
}: {
  url: Secret
  secrets: readonly Secret[]
  clock: Clock
  fetch?: typeof globalThis.fetch
}) {
  return async function deliver({ id, body }: Message): Promise<Delivered> {
    const at = clock().getTime()
    const headers = { 'content-type': 'application/json', ...signedHeaders({ id, at, body }, secrets) }
    const options = { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(limitMs) } as const
    const answer = await fetch(url.reveal(), options).catch(() => undefined)
    if (!answer) return { taken: false }
    // Nobody reads what the receiver says, and its connection is free for the next message.
    await answer.body?.cancel().catch(() => {})
    if (answer.ok) return { taken: true }
    const retryAfterMs = retryAfterOf(answer, { now: at, longestMs: longestRetryAfterMs })
    return { taken: false, status: answer.status, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
}
export type Deliver = ReturnType<typeof createDelivering>
