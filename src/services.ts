import type { Clock } from './clock.ts'
import type { Config } from './config/load.ts'
import { createOidc } from './entra/oidc.ts'
import { createGuard } from './gate/guard.ts'
import { createLog, type Log } from './observability.ts'
import { createRedis } from './session/redis.ts'
import { createSeal } from './session/seal.ts'
import { createSignIns } from './session/sign-ins.ts'
import { createSessions } from './session/store.ts'
import { createVault } from './session/vault.ts'

type Parts = { clock?: Clock; log?: Log }

/** What the process owns for its lifetime, made once, in order, and passed down. */
export async function createServices(
  config: Config,
  { clock = () => new Date(), log = createLog(config.log) }: Parts = {},
) {
  const seal = createSeal(config.session.secrets)
  const oidc = createOidc({ config, clock })
  const redis = await createRedis({ url: config.redis.url, log })
  const vault = createVault({ redis, seal, prefix: config.redis.prefix })
  const sessions = createSessions({ config, clock, redis, seal, vault, log })
  const signIns = createSignIns({ config, clock, redis, seal })
  const guard = createGuard({ sessions })
  const stopLoading = keepLoading(() => oidc.load(), log)
  return {
    config,
    clock,
    log,
    oidc,
    redis,
    vault,
    sessions,
    signIns,
    guard,
    close: (): void => {
      stopLoading()
      redis.disconnect()
    },
  }
}
export type Services = Awaited<ReturnType<typeof createServices>>

const longestPauseMs = 10_000

/** Tries until it works, so that a process that started before Entra answered becomes ready by itself. */
function keepLoading(load: () => Promise<void>, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const attempt = (pauseMs: number) =>
    load().then(
      () => log.info({ event: 'entra-ready' }),
      error => {
        log.warn({ event: 'entra-not-ready', error })
        if (!isStopped) timer = setTimeout(attempt, pauseMs, Math.min(pauseMs * 2, longestPauseMs)).unref()
      },
    )
  void attempt(500)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
