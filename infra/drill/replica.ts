import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Settings, startApp } from './app-process.ts'

export type Replica = Awaited<ReturnType<typeof startReplica>>

const crashes = ['unhandled-rejection', 'uncaught-exception']

/** One replica, with its log events counted. */
export async function startReplica(port: number, settings: Settings) {
  const events = new Map<string, number>()
  const crashed: string[] = []
  let worstCase = { whileAnsweredSeconds: 0, whateverFailsSeconds: 0 }
  const onLine = (line: string) => {
    const event = /"event":"([a-z-]+)"/.exec(line)?.[1] ?? ''
    events.set(event, (events.get(event) ?? 0) + 1)
    if (event === 'worst-case') worstCase = JSON.parse(line)
    if (crashes.includes(event)) crashed.push(line)
  }
  const { pid, complained, stop, kill } = await startApp({ ...settings, PORT: String(port) }, { onLine })

  return {
    /** How often the replica logged an event. */
    count: (event: string): number => events.get(event) ?? 0,
    /** Uncaught errors, and everything that the replica wrote on stderr. */
    complaints: (): string[] => [...crashed, ...complained],
    worstCase: () => worstCase,
    residentMb: (): number => Math.round(residentKb(pid) / 1024),
    stop,
    kill,
  }
}

function residentKb(pid: number): number {
  if (process.platform === 'linux')
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
}
