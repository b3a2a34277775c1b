/** What orchestrators and terminals end a process with. */
const signals = ['SIGTERM', 'SIGINT'] as const

const endAtOnce = () => process.exit(0)

/**
 * Until there is something to finish, the process ends at once when it is told to. As process 1 of a container it
 * would not end at all: for that one the kernel drops a signal that nobody listens to.
 */
export function endAtOnceWhenTold(): void {
  for (const signal of signals) process.on(signal, endAtOnce)
}

/** From here on there is something to finish. */
export function whenToldToEnd(end: (signal: NodeJS.Signals) => void): void {
  for (const signal of signals) process.on(signal, end).off(signal, endAtOnce)
}
