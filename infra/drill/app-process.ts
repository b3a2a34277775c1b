import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { answering } from '../demo/answering.ts'

export type Settings = Record<string, string>

/** Where Node keeps what it compiled, if it is told to: many replicas that start are then ready sooner. */
const { NODE_COMPILE_CACHE } = process.env

/**
 * The application as one process, as in production: with these settings and nothing else of our environment. It counts
 * as started when the probe `until` answers; when it ends before, this throws with what it wrote on stderr.
 */
export async function startApp(
  settings: Settings,
  { until = 'ready', onLine = () => {} }: { until?: 'ready' | 'live'; onLine?: (line: string) => void } = {},
) {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: new URL('../../', import.meta.url),
    env: { PATH: process.env.PATH, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  const complained: string[] = []
  createInterface({ input: child.stdout }).on('line', onLine)
  createInterface({ input: child.stderr }).on('line', line => complained.push(line))
  const isAlive = () => child.exitCode === null && child.signalCode === null
  if (!(await answering(`http://127.0.0.1:${settings.PORT}/health/${until}`, isAlive)))
    throw new Error(`a replica ended with ${await exited}: ${complained.join('\n')}`)

  return {
    pid: child.pid as number,
    /** Everything that the process wrote on stderr. */
    complained,
    /** The exit code, or the signal that ended the process. */
    exited,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** Ends the process as an orchestrator does: with SIGTERM. */
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
