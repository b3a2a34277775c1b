import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import { Problem } from './errors.ts'
import { createRequestLog } from './observability.ts'
import { pages } from './pages.ts'
import type { Services } from './services.ts'
import { createRefusedPage } from './web/access/refused-page.ts'
import { createAssets } from './web/entrance/assets.ts'
import { createHealth } from './web/entrance/health.ts'
import { createHooks } from './web/entrance/hooks.ts'
import { createKnownHost, createOverTls } from './web/entrance/host.ts'
import { createRateLimits, type DoorLimits } from './web/entrance/rate-limit.ts'
import { createSameOriginOnly, createSecurityHeaders, pathsOnly, plainTargets } from './web/entrance/security.ts'
import { createErrorPage } from './web/error-page.ts'
import { assertGatesKnown } from './web/gates-of-pages.ts'
import { withKeptForms } from './web/kept-form/pages.ts'
import type { Page } from './web/page.ts'
import { routes } from './web/routes.ts'
import { servedPages } from './web/served.ts'
import { chromeOf } from './web/shell/chrome.ts'
import { createNavigation } from './web/shell/navigation.ts'
import { createOpenDoors } from './web/sign-in/open-doors.ts'
import { createToStepUp, warnOfContexts } from './web/sign-in/step-up.ts'

const views = fileURLToPath(new URL('../views/', import.meta.url))

type Options = {
  /** A developer's tests may bring a page table of their own. */
  table?: readonly Page[]
  /** Whether this process is about to end. */
  isDraining?: () => boolean
  limits?: DoorLimits
}

/**
 * Makes the application. Its steps are the life of a request, top to bottom.
 *
 * Throws ConfigError when a page names a gate that no setting describes.
 */
export function createApp(
  services: Services,
  { table = pages, isDraining = () => false, limits }: Options = {},
): Express {
  const { config, log, guard, sessions } = services
  assertGatesKnown(table, config)
  const served = servedPages(table, config)
  const chrome = chromeOf(config)
  const navigation = createNavigation(served, config)
  const app = pathsOnly(withOurSettings(express(), config.trustProxy))
  warnOfContexts(config, served, log)

  app.use(createRequestLog(log, services.meter.request))
  app.use(createSecurityHeaders())
  app.use(plainTargets)
  app.use(createHealth(services, isDraining))
  app.use(createKnownHost(config.baseUrl))
  app.use(createOverTls(config.baseUrl))
  app.use(createAssets(config))
  app.use(createRateLimits(services, limits))
  app.use(createHooks(services))
  app.use(createSameOriginOnly(config.baseUrl))
  app.use(sessions.middleware)
  app.use(createOpenDoors({ ...services, chrome }))
  // The landing: the doors above are open to all, and below it nobody is anonymous.
  app.use(guard({ audience: 'signed-in' }))
  app.use(routes(withKeptForms(served, config), services, { chrome, navigation }))
  app.use(guard({ audience: config.gates.map(({ name }) => name) }))
  app.use(function notFound() {
    throw new Problem('not-found')
  })
  const toStepUp = createToStepUp({ ...services, chrome })
  app.use(createRefusedPage({ ...services, chrome, navigation, toStepUp }))
  app.use(createErrorPage({ ...services, chrome, navigation, baseUrl: config.baseUrl }))
  return app
}

function withOurSettings(app: Express, trustProxy: number | string[] | undefined): Express {
  // Set here, whatever NODE_ENV says: Express shows no stack for an error that escapes our own pages.
  app.set('env', 'production')
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.enable('strict routing')
  app.enable('view cache')
  app.set('query parser', 'simple')
  app.set('trust proxy', trustProxy ?? false)
  app.set('views', views)
  app.set('view engine', 'ejs')
  return app
}
