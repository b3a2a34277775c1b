import type { Settings } from './app-process.ts'
import { type Replica, startReplica } from './replica.ts'

export type Fleet = Awaited<ReturnType<typeof startFleet>>

/** The replicas of one application, each on a port of its own, and what all of them together have logged. */
export async function startFleet(ports: readonly number[], first: Settings) {
  let settings = first
  const gone: Replica[] = []
  const started = (port: number) => startReplica(port, settings)
  const outcomes = await Promise.allSettled(ports.map(started))
  const replicas = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : []))
  const stop = async () => void (await Promise.all(replicas.map(replica => replica.kill())))
  const failure = outcomes.find(outcome => outcome.status === 'rejected')
  if (failure) {
    await stop()
    throw failure.reason
  }
  const ever = () => [...gone, ...replicas]

  async function replace(index: number): Promise<number | NodeJS.Signals> {
    const old = replicas[index] as Replica
    const code = await old.stop()
    gone.push(old)
    replicas[index] = await started(ports[index] as number)
    return code
  }

  return {
    ports,
    count: (event: string): number => ever().reduce((sum, replica) => sum + replica.count(event), 0),
    complaints: (): string[] => ever().flatMap(replica => replica.complaints()),
    worstCase: () => (replicas[0] as Replica).worstCase(),
    /** The memory of the largest replica. */
    residentMb: (): number => Math.max(...replicas.map(replica => replica.residentMb())),
    /** Restarts the replicas one after the other; the next begins when `isBack` says so. Returns their exit codes. */
    async roll(isBack: (port: number) => Promise<void>): Promise<(number | NodeJS.Signals)[]> {
      const codes: (number | NodeJS.Signals)[] = []
      for (const [index, port] of ports.entries()) {
        codes.push(await replace(index))
        await isBack(port)
      }
      return codes
    },
    /** Kills one replica without warning and starts it again, as an orchestrator does. */
    async crash(index: number): Promise<void> {
      const old = replicas[index] as Replica
      await old.kill()
      gone.push(old)
      replicas[index] = await started(ports[index] as number)
    },
    /** Restarts all replicas at once with other settings. This is no drill: it prepares the next one. */
    async change(more: Settings): Promise<void> {
      settings = { ...settings, ...more }
      await Promise.all(ports.map((_, index) => replace(index)))
    },
    stop,
  }
}
