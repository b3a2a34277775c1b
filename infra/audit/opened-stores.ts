import { once } from 'node:events'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/observability.ts'
import { createStores } from '../../src/session/stores.ts'

/** Exit codes of sysexits.h: wrongly called, wrong settings, Redis away, a file that cannot be made. */
export const exits = { usage: 64, unavailable: 69, cannotCreate: 73, configuration: 78 }
const patienceMs = 10_000

/** The stores of the application that the environment describes, and its settings. Nothing in them runs by itself. Ends the process where there are none. */
export async function openStores(environment: NodeJS.ProcessEnv) {
  const config = configFrom(environment)
  const log = createLog({ level: 'error' })
  const meter = { redis: () => {}, trailFault: () => {} }
  const stores = await createStores({ config, clock: () => new Date(), log, meter })
  if (stores.redis.status !== 'ready')
    await once(stores.redis, 'ready', { signal: AbortSignal.timeout(patienceMs) }).catch(() =>
      endWith(exits.unavailable, `Redis was not there within ${patienceMs / 1000} seconds.`),
    )
  return { stores, config }
}

function configFrom(environment: NodeJS.ProcessEnv) {
  try {
    return loadConfig(environment)
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return endWith(exits.configuration, thrown.faults.join('\n'))
  }
}

/** Ends the process. */
export function endWith(code: number, text: string): never {
  console.error(text)
  process.exit(code)
}
