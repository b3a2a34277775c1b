import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/observability.ts'
import { createStores } from '../../src/session/stores.ts'
import { erasePerson } from './erasing-a-person.ts'

/** Exit codes of sysexits.h: wrongly called, wrong settings, Redis away. */
const exits = { usage: 64, configuration: 78, unavailable: 69 }
const patienceMs = 10_000

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } })
const [person, ...more] = positionals
if (!person || more.length > 0)
  end(exits.usage, 'usage: npm run audit:erase -- [--dry-run] PERSON   (an object id, or a user name)')

const stores = await open()
try {
  const { lines, exitCode } = await erasePerson(stores.ledger, person, { isTrial: values['dry-run'] === true })
  console.log(lines.join('\n'))
  process.exitCode = exitCode
} catch {
  console.error('Redis did not answer. Nothing is lost by saying it again: what was begun is finished then.')
  process.exitCode = exits.unavailable
} finally {
  stores.close()
}

async function open() {
  const config = configFrom(process.env)
  const log = createLog({ level: 'error' })
  const meter = { redis: () => {}, trailFault: () => {} }
  const opened = await createStores({ config, clock: () => new Date(), log, meter })
  if (opened.redis.status !== 'ready')
    await once(opened.redis, 'ready', { signal: AbortSignal.timeout(patienceMs) }).catch(() =>
      end(exits.unavailable, `Redis was not there within ${patienceMs / 1000} seconds.`),
    )
  return opened
}

function configFrom(environment: NodeJS.ProcessEnv) {
  try {
    return loadConfig(environment)
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return end(exits.configuration, thrown.faults.join('\n'))
  }
}

function end(code: number, text: string): never {
  console.error(text)
  process.exit(code)
}
