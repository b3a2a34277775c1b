import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort } from '../../infra/demo/ports.ts'
import { programPath, startRedisServer } from '../../infra/demo/redis-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string
    chromium: string
    chromiumShell: string
    promtool: string
  }
}

/** Once before all tests: what they need is there, or is installed, or the run fails and says what to install. */
export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_REDIS_URL
  const needed = ['chromium', shell, 'promtool', 'caddy', 'python3', 'openssl', ...(given ? [] : ['redis-server'])]
  const missing = needed.filter(name => !programPath(name))
  // Slower without it, and as good.
  if (missing.join() !== shell || canInstall()) install(missing.map(name => packages[name] ?? name))
  const chromium = programPath('chromium') as string
  project.provide('chromium', chromium)
  project.provide('chromiumShell', programPath(shell) ?? chromium)
  project.provide('promtool', programPath('promtool') as string)
  if (given) {
    project.provide('redisUrl', given)
    return async () => {}
  }
  const { url, stop } = await startRedis()
  project.provide('redisUrl', url)
  return stop
}

/** Chromium without windows and menus: the same engine, for a quarter of the work. */
const shell = 'chromium-headless-shell'

/** Debian's package of a program, where it has another name. */
const packages: Record<string, string> = { promtool: 'prometheus' }

function install(packages: readonly string[]): void {
  if (packages.length === 0) return
  const names = packages.join(' ')
  if (!canInstall())
    throw new Error(
      `The tests need ${names}: install it and run them again (on Debian or Ubuntu: apt-get install ${names})`,
    )
  console.log(`Installing ${names} through apt …`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env: environment })
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  })
}

const canInstall = () => process.getuid?.() === 0 && /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(osRelease())

const osRelease = () => {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}

/**
 * A private Redis on a port of its own. Also for tests that stop or kill one.
 * It keeps nothing on disk unless `args` say so; started again on the same `folder` it finds what was kept there.
 */
export async function startRedis({
  port = 0,
  args = [] as string[],
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-')),
  until = 'Ready to accept connections',
} = {}) {
  const chosen = port || (await freePort())
  const own = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = await startRedisServer([...own, ...args], { until })
  return {
    ...server,
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    folder,
    async stop() {
      await server.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
