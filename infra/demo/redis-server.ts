import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './ports.ts'

/** The path of a program, found by PATH; undefined when this machine has no such program. */
export function programPath(name: string): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, name))
  return places.find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * redis-server with these arguments. It counts as started when it has printed `until`.
 * With `isDetached`, Ctrl-C in a terminal does not stop it before the programs that use it.
 */
export async function startRedisServer(
  args: readonly string[],
  { until = 'Ready to accept connections', isDetached = false } = {},
) {
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'], detached: isDetached })
  const exited = new Promise<void>(resolve => server.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', code => reject(new Error(`redis-server ended with ${code}`)))
    server.stdout.on('data', chunk => String(chunk).includes(until) && resolve())
  })
  return {
    pid: server.pid as number,
    signal: (signal: NodeJS.Signals) => server.kill(signal),
    /** Resolves when it has ended, whatever ended it. */
    exited,
    async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
      server.kill(signal)
      await exited
    },
  }
}

/** A private Redis on a free port of the loopback address. Its data is deleted when it stops. */
export async function startRedis() {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'))
  const server = await startRedisServer(
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--dir', folder],
    { isDetached: true },
  )
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop(): Promise<void> {
      await server.end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
