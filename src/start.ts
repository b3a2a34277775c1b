import type { Server } from 'node:http'
import { createApp } from './app.ts'
import { doubtfulSettings } from './config/doubtful.ts'
import { type Config, ConfigError, loadConfig } from './config/load.ts'
import { unknownSettings } from './config/unknown.ts'
import { worstCaseSeconds } from './gate/worst-case.ts'
import { createLife } from './life/life.ts'
import { callThrough } from './life/proxy.ts'
import { createHttpServer, listen, withLimits } from './life/server.ts'
import { logUnreadable } from './life/unreadable.ts'
import { pages } from './pages.ts'
import { createServices, type Services } from './services.ts'
import { version } from './version.ts'
import { createMetrics } from './web/entrance/metrics.ts'
import { assertGatesKnown, gatesShown } from './web/gates-of-pages.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Invocation = { environment: Environment; flags: readonly string[] }

/** EX_CONFIG of sysexits.h. */
const badConfiguration = 78
const knownFlags = ['--demo', '--check-config', '--version']

/**
 * Starts the process: reads its settings, makes its services and listens. Wrong settings, and pages whose gate no setting
 * describes, end the process with exit code 78; stderr then has a line for each fault.
 */
export async function start({ environment, flags }: Invocation): Promise<void> {
  if (flags.includes('--version')) {
    console.log(version)
    process.exit(0)
  }
  const config = readConfig({ environment, flags })
  if (!flags.includes('--check-config')) return serve(config)
  console.log(['Gates, and the pages that each opens:', ...gatesShown(pages, config), ''].join('\n'))
  console.log('The settings are good.')
  process.exit(0)
}

function readConfig({ environment, flags }: Invocation): Config {
  const demo = flags.includes('--demo')
  if (demo && environment.NODE_ENV === 'production')
    fail(['--demo is not for production: it keeps sessions in this process'])
  const unknownFlag = flags.find(flag => !knownFlags.includes(flag))
  if (unknownFlag) fail([`${unknownFlag} is not known; there are --check-config, --demo and --version`])
  for (const line of unknownSettings(environment)) console.error(`warning: ${line}`)
  try {
    const config = loadConfig(environment, { demo })
    assertGatesKnown(pages, config)
    for (const line of doubtfulSettings(config)) console.error(`warning: ${line}`)
    return config
  } catch (thrown) {
    if (thrown instanceof ConfigError) return fail(thrown.faults)
    throw thrown
  }
}

function fail(lines: readonly string[]): never {
  for (const line of lines) console.error(line)
  process.exit(badConfiguration)
}

async function serve(config: Config): Promise<void> {
  // Before the first call.
  if (config.proxy) callThrough(config.proxy)
  const services = await createServices(config)
  services.start()
  const { log } = services
  if (config.proxy) log.info({ event: 'proxy-in-use', at: config.proxy.at, except: config.proxy.except })
  const life = createLife({ log, graceMs: config.shutdownGraceMs })
  const server = createServer(services, life.isDraining)
  const metrics = config.metricsPort === undefined ? undefined : withLimits(createMetrics(services))
  life.takeCharge({ server, metrics, services })
  const { host } = config.listen
  if (metrics && config.metricsPort !== undefined)
    await listen(metrics, { host, port: config.metricsPort, setting: 'METRICS_PORT', log })
  const port = await listen(server, { ...config.listen, setting: 'HOST and PORT', log })
  logStart(services, port)
}

function createServer(services: Services, isDraining: () => boolean): Server {
  const logRefused = logUnreadable(services.log)
  return createHttpServer(createApp(services, { isDraining }), (kind, code) => {
    services.meter.unreadable(kind)
    logRefused(kind, code)
  })
}

function logStart({ config, log, oidc }: Services, port: number): void {
  log.info({
    event: 'listening',
    version,
    node: process.version,
    host: config.listen.host,
    port,
    baseUrl: config.baseUrl,
    issuer: oidc.issuer,
    gates: config.gates.map(({ name, groupId, role }) => ({ name, group: groupId, role })),
  })
  for (const gate of config.gates) {
    const { whileAnswered, whateverFails } = worstCaseSeconds(config.membership, gate)
    const seconds = { whileAnsweredSeconds: whileAnswered, whateverFailsSeconds: whateverFails }
    log.info({ event: 'worst-case', gate: gate.name, ...seconds })
  }
}
