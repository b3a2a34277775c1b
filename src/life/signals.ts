/** The signals with which orchestrators and terminals end a process. */
const signals = ['SIGTERM', 'SIGINT'] as const

const endAtOnce = () => process.exit(0)

/**
 * Ends the process at once on a signal, as long as there is nothing to finish. Without a listener, process 1 of a container
 * would not end at all: the kernel drops its signals.
 */
export function endAtOnceWhenTold(): void {
  for (const signal of signals) process.on(signal, endAtOnce)
}

/** Replaces the end at once by `end`, because from here on there is something to finish. */
export function whenToldToEnd(end: (signal: NodeJS.Signals) => void): void {
  for (const signal of signals) process.on(signal, end).off(signal, endAtOnce)
}
