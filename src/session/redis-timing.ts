import type { Redis } from './redis.ts'

type Observe = (result: 'ok' | 'failed', seconds: number) => void
/** What one node, a cluster and a client of sentinels have in common. */
type Sender = { sendCommand?: (command: { promise: Promise<unknown> }, ...rest: unknown[]) => unknown }

/** Times every command, whoever gives it. The store inside this process sends none, and is not timed. */
export function timeCommands(redis: Redis, observe: Observe): void {
  const sender = redis as unknown as Sender
  const send = sender.sendCommand?.bind(redis)
  if (!send) return
  sender.sendCommand = (command, ...rest) => {
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    command.promise.then(
      () => observe('ok', seconds()),
      () => observe('failed', seconds()),
    )
    return send(command, ...rest)
  }
}
