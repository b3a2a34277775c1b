import { createServer } from 'node:http'
import { createApp } from './app.ts'
import { ConfigError, loadConfig, unknownSettings } from './config/load.ts'
import { worstCaseSeconds } from './gate/worst-case.ts'
import { createServices } from './services.ts'
import { createMetrics } from './web/metrics.ts'

/** EX_CONFIG of sysexits.h. */
const badConfiguration = 78
const flags = process.argv.slice(2)
const demo = flags.includes('--demo')

const config = readConfig()
if (flags.includes('--check-config')) {
  console.log('The settings are good.')
  process.exit(0)
}
await start()

function readConfig() {
  if (demo && process.env.NODE_ENV === 'production')
    fail(['--demo is not for production: it keeps sessions in this process'])
  const unknownFlag = flags.find(flag => !['--demo', '--check-config'].includes(flag))
  if (unknownFlag) fail([`${unknownFlag} is not known; there are --check-config and --demo`])
  for (const line of unknownSettings(process.env)) console.error(`warning: ${line}`)
  try {
    return loadConfig(process.env, { demo })
  } catch (thrown) {
    if (thrown instanceof ConfigError) return fail(thrown.faults)
    throw thrown
  }
}

function fail(lines: readonly string[]): never {
  for (const line of lines) console.error(line)
  process.exit(badConfiguration)
}

async function start() {
  const services = await createServices(config)
  const { log } = services
  const server = createServer(createApp(services))
  server.once('error', error => {
    log.fatal({ event: 'cannot-listen', ...config.listen, error })
    process.exit(1)
  })
  server.listen(config.listen, () =>
    log.info({
      event: 'listening',
      ...config.listen,
      baseUrl: config.baseUrl,
      issuer: services.oidc.issuer,
      group: config.access.groupId,
    }),
  )
  const { whileAnswered, whateverFails } = worstCaseSeconds(config.membership)
  log.info({ event: 'worst-case', whileAnsweredSeconds: whileAnswered, whateverFailsSeconds: whateverFails })
  const metrics =
    config.metricsPort === undefined ? undefined : createMetrics(config).listen(config.metricsPort, config.listen.host)
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      log.info({ event: 'stopping', signal })
      metrics?.close()
      server.close(() => services.close())
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 5_000).unref()
    })
}
