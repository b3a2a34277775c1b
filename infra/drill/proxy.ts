import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../demo/ports.ts'

const shipped = new URL('../container/Caddyfile', import.meta.url)

/**
 * The shipped configuration with other addresses and ports, and nothing else changed. Throws when one of them is not
 * there to be changed.
 */
export function adapted(
  text: string,
  {
    port,
    tenantPort,
    replicas,
    tenant,
  }: { port: number; tenantPort: number; replicas: readonly number[]; tenant: number },
): string {
  const changes = [
    ['gatehouse.localhost:8443', `gatehouse.localhost:${port}`],
    ['127.0.0.1:3000 127.0.0.1:3002', replicas.map(each => `127.0.0.1:${each}`).join(' ')],
    ['http://:3101', `http://127.0.0.1:${tenantPort}`],
    ['127.0.0.1:3001', `127.0.0.1:${tenant}`],
  ] as const
  return changes.reduce((changed, [from, to]) => {
    if (changed.split(from).length !== 2) throw new Error(`${from} is not once in the Caddyfile`)
    return changed.replace(from, to)
  }, text)
}

/** A real Caddy with the shipped configuration, on a port of its own, in front of replicas that may not have started yet. */
export async function startProxy({
  port,
  replicas,
  tenant,
}: {
  port: number
  replicas: readonly number[]
  tenant: number
}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-proxy-'))
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, adapted(readFileSync(shipped, 'utf8'), { port, tenantPort: await freePort(), replicas, tenant }))
  const caddy = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    // Its certificates are its own, and go with the folder.
    env: { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(caddy, 'exit')
  const said: string[] = []
  await new Promise<void>((resolve, reject) => {
    caddy.once('error', reject)
    caddy.once('exit', code => reject(new Error(`caddy ended with ${code}: ${said.slice(-5).join('\n')}`)))
    createInterface({ input: caddy.stderr }).on('line', line => {
      said.push(line)
      if (line.includes('serving initial configuration')) resolve()
    })
  })
  return {
    origin: `https://gatehouse.localhost:${port}`,
    /** The proxy's own log, for finding out what it did. */
    said,
    async stop(): Promise<void> {
      caddy.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
