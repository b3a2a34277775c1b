import type { RedisOptions } from 'ioredis'

/** A command gives up after this long, so that a page learns of a dead Redis in less than the two seconds it may wait. */
export const commandLimitMs = 1_000
/** A connection that says nothing for this long while an answer is due is dropped and made anew. */
const silenceLimitMs = 2_000
const longestRetryMs = 1_000

/** The options of ioredis without the choice of reply shapes, which would be part of the type of a client. */
export type Options = Omit<RedisOptions, 'replyMapping'>

/**
 * How long to wait before the next attempt to connect, in ms. Never stops trying; the jitter keeps replicas from coming
 * back all at once.
 */
export const retry = (times: number): number =>
  Math.min(50 * 2 ** Math.min(times, 6), longestRetryMs) * (0.5 + Math.random() / 2)

/** The limits of every connection, whatever stands at its other end. */
export const limits = () =>
  ({
    commandTimeout: commandLimitMs,
    socketTimeout: silenceLimitMs,
    connectTimeout: silenceLimitMs,
    // A connection that is given up may take this long to close.
    disconnectTimeout: commandLimitMs,
    // Nothing queues while Redis is away: the answer is 503 at once.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: longestRetryMs,
    retryStrategy: retry,
    reconnectOnError: createLeaveReadOnly(),
    // Nobody needs to be told the client's version, and an ACL need not allow it.
    disableClientInfo: true,
  }) satisfies Options

/** After a fail-over the old primary answers READONLY: leave it and connect anew, but not so often that reads suffer. */
function createLeaveReadOnly() {
  let last = 0
  return (error: Error) => {
    if (!error.message.startsWith('READONLY') || performance.now() - last < 5_000) return false
    last = performance.now()
    return true
  }
}
