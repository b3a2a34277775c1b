import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'
import type { Tenant } from '../../../infra/tenant/start.ts'
import { appToken, callGraph } from './kit.ts'

/**
 * An app that receives notifications, for all tests of a file: what it was sent, and how it answers. After each test it
 * forgets both; after the last one it closes.
 */
export async function openSubscriber() {
  // biome-ignore lint/suspicious/noExplicitAny: read as it comes
  const received: any[] = []
  const handshakes: string[] = []
  const behaviour = { status: 202, echo: (token: string) => token, type: 'text/plain' }
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://app')
    const token = searchParams.get('validationToken')
    let body = ''
    for await (const chunk of request) body += chunk
    if (token !== null) {
      handshakes.push(pathname)
      response.setHeader('content-type', behaviour.type)
      response.end(behaviour.echo(token))
      return
    }
    received.push(...JSON.parse(body).value)
    response.statusCode = behaviour.status
    response.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const usual = { ...behaviour }
  afterEach(() => {
    received.length = 0
    handshakes.length = 0
    Object.assign(behaviour, usual)
  })
  afterAll(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, handshakes, behaviour }
}

type App = Awaited<ReturnType<typeof openSubscriber>>

/** What an app sends to be told of changes of the access group's members. */
export const subscriptionWish = ({ groups }: Tenant, app: App, more: object = {}) => ({
  changeType: 'updated',
  notificationUrl: `${app.url}/hooks/graph`,
  resource: `groups/${groups.access}/members`,
  expirationDateTime: '2026-03-03T12:00:00Z',
  clientState: 'the-secret',
  ...more,
})

export async function subscribe(tenant: Tenant, app: App, more: object = {}) {
  const token = await appToken(tenant, ['Group.Read.All'])
  const body = subscriptionWish(tenant, app, more)
  const reply = await callGraph(tenant, '/subscriptions', { token, method: 'POST', body })
  const at = (method: string, body?: object) =>
    callGraph(tenant, `/subscriptions/${reply.body.id}`, { token, method, body })
  return { ...reply, token, at }
}
