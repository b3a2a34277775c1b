import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { describe, stamp } from './aadsts.ts'
import type { Endpoint } from './calls.ts'
import { control } from './controls/control.ts'
import { pimPages } from './controls/page-of-pim.ts'
import { tenantId } from './directory/ids.ts'
import { graph, otherGraph } from './graph/router.ts'
import { discoveryDocument, keyDocument, paths } from './metadata.ts'
import { views } from './page.ts'
import { translateAuthorize } from './sign-in/authorize-request.ts'
import { federation } from './sign-in/federation.ts'
import { logoutEndpoint } from './sign-in/logout.ts'
import { createProvider } from './sign-in/provider.ts'
import { refusalPage } from './sign-in/refusal-page.ts'
import { replay } from './sign-in/replay.ts'
import { signInPages } from './sign-in/sign-in-page.ts'
import type { Controls, TenantState } from './state.ts'
import { tokenEndpoint } from './token/request.ts'

/** All addresses of the tenant, in the order in which they are matched. */
export function createServer(state: TenantState, controls: Controls): Express {
  const provider = createProvider(state)
  const answer = provider.callback()
  const app = express()
  app.disable('x-powered-by')
  app.use(loopbackNamesOnly)
  app.get('/tenant.css', (_request, response) => response.sendFile('tenant.css', { root: views }))
  app.use('/control', control(state, controls))
  app.use('/pim', pimPages(state, controls))
  app.use(outage(state))
  app.use('/graph/v1.0', graph(state))
  app.use('/graph', otherGraph(state))
  app.use(federation(state))
  app.get(paths.discovery, counted(state, 'discovery'), discovery(state))
  app.get(paths.keys, counted(state, 'keys'), (_request, response) => void response.json(keyDocument(state)))
  app.get(paths.authorize, counted(state, 'authorize'), authorize(answer))
  app.post(paths.token, counted(state, 'token'), express.text({ type: '*/*' }), tokenEndpoint(state, provider))
  app.all(
    paths.logout,
    counted(state, 'logout'),
    express.urlencoded({ extended: false }),
    logoutEndpoint(state, provider),
  )
  app.use(signInPages(state, provider))
  app.get(`${paths.authorize}/:id`, answer)
  app.all('/:tenant/{*rest}', otherTenant(state))
  app.use(notFound, failed)
  return app
}

// A page on the internet that points its own name at 127.0.0.1 gets nothing.
const loopbackNamesOnly: RequestHandler = (request, response, next) => {
  if (['127.0.0.1', 'localhost'].includes(request.hostname)) return next()
  response.status(421).type('text').send('This address is served to this machine only.')
}

function outage({ switches }: TenantState): RequestHandler {
  return (request, _response, next) => {
    const isCut = switches.down || (switches.signInDown && !request.path.startsWith('/graph/'))
    if (isCut) request.socket.destroy()
    else next()
  }
}

function counted({ calls, switches }: TenantState, endpoint: Endpoint): RequestHandler {
  return async (_request, _response, next) => {
    calls[endpoint] += 1
    await delay(switches.slow[endpoint] ?? 0)
    next()
  }
}

function discovery(state: TenantState): RequestHandler {
  return (_request, response) => {
    const { status = 200, invalidJson } = state.switches.discoveryLie
    response.status(status).type('json')
    if (invalidJson) response.send('{"issuer":')
    else response.send(JSON.stringify(discoveryDocument(state)))
  }
}

function authorize(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): RequestHandler {
  return async (request, response) => {
    const query = translateAuthorize(new URL(request.url, 'http://tenant').searchParams)
    await answer(replay(request, { url: `${paths.authorize}?${query}` }), response)
  }
}

// No other directory exists here. Pages say so to people, all other addresses to programs in JSON.
function otherTenant(state: TenantState) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (request.params.tenant === tenantId) return next()
    if (/\/(authorize|logout)$/.test(request.path))
      return void response.type('html').send(await refusalPage(state, 90002))
    const stamped = stamp(state, 90002)
    const description = describe(90002, state.switches.errorSeparator, stamped)
    response.status(400).json({ error: 'invalid_tenant', error_description: description, ...stamped })
  }
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).type('text').send('There is nothing here.')
}

const failed: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  console.error(error)
  response.status(500).type('text').send('The local tenant failed; see its log.')
}
