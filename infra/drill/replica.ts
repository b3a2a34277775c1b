import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export type Settings = Record<string, string>
export type Replica = Awaited<ReturnType<typeof startReplica>>

const root = new URL('../../', import.meta.url)
const crashes = ['unhandled-rejection', 'uncaught-exception']

/** One process of the application, as in production. It counts as started when it is ready. */
export async function startReplica(port: number, settings: Settings) {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  const events = new Map<string, number>()
  const complaints: string[] = []
  let worstCase = { whileAnsweredSeconds: 0, whateverFailsSeconds: 0 }
  createInterface({ input: child.stdout }).on('line', line => {
    const event = /"event":"([a-z-]+)"/.exec(line)?.[1] ?? ''
    events.set(event, (events.get(event) ?? 0) + 1)
    if (event === 'worst-case') worstCase = JSON.parse(line)
    if (crashes.includes(event)) complaints.push(line)
  })
  createInterface({ input: child.stderr }).on('line', line => complaints.push(line))
  const failed = exited.then(code =>
    Promise.reject(new Error(`a replica ended with ${code}: ${complaints.join('\n')}`)),
  )
  await Promise.race([ready(`http://127.0.0.1:${port}/health/ready`), failed])
  failed.catch(() => {})

  return {
    /** How often it logged an event. */
    count: (event: string): number => events.get(event) ?? 0,
    /** Errors that nobody caught, and whatever it wrote on stderr. */
    complaints,
    worstCase: () => worstCase,
    residentMb: (): number => Math.round(residentKb(child.pid ?? 0) / 1024),
    /** Ended as an orchestrator does it; resolves with the exit code. */
    async stop(): Promise<number | NodeJS.Signals> {
      child.kill('SIGTERM')
      return exited
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function ready(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function residentKb(pid: number): number {
  if (process.platform === 'linux')
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
}
