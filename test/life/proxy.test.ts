import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import { startTenant, type Tenant } from '../../infra/tenant/start.ts'
import { wayBack, wayOut } from '../support/at-entra.ts'
import { startConnectProxy } from '../support/connect-proxy.ts'
import { type Replica, startReplica } from '../support/replicas.ts'
import { createVisitor } from '../support/visitor.ts'

// No network knows this name. Only the proxy leads to it.
const host = 'tenant.invalid'
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-proxy-'))
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
const made = ['-nodes', '-days', '2', '-subj', '/CN=Test', '-addext', `subjectAltName=DNS:${host},DNS:localhost`]
execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    ...made,
    '-keyout',
    key,
    '-out',
    certificate,
  ],
  { stdio: 'ignore' },
)

const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']

let tenant: Tenant
let local: Tenant
/** The tenant's address for callers without a proxy. */
let own: string
let front: https.Server
let proxy: Awaited<ReturnType<typeof startConnectProxy>>
const replicas: Replica[] = []

beforeAll(async () => {
  front = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) })
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
  const { port } = front.address() as AddressInfo
  const inner = { [host]: await freePort(), localhost: await freePort() }
  front.on('request', (request, response) => {
    const to = request.headers.host?.startsWith(host) ? inner[host] : inner.localhost
    const { url, method } = request
    // The tenant answers only under names of this machine.
    const headers = { ...request.headers, host: `127.0.0.1:${to}` }
    const passed = http.request({ port: to, host: '127.0.0.1', path: url, method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(passed)
  })
  own = `http://127.0.0.1:${inner[host]}`
  tenant = await startTenant({ port: inner[host], origin: `https://${host}`, switches: { appPermissions } })
  local = await startTenant({ port: inner.localhost, origin: `https://localhost:${port}` })
  proxy = await startConnectProxy(port)
})
beforeEach(() => {
  proxy.tunnels.length = 0
  proxy.set('through')
})
// The next test would see the calls of a replica that goes on asking.
afterEach(async () => {
  await Promise.all(replicas.splice(0).map(replica => replica.kill()))
})
afterAll(async () => {
  proxy.close()
  front.close()
  front.closeAllConnections()
  await Promise.all([tenant.close(), local.close()])
  rmSync(folder, { recursive: true })
})

async function opened(settings: Record<string, string>, { of = tenant, until }: { of?: Tenant; until?: 'live' } = {}) {
  const port = String(await freePort())
  const replica = await startReplica(
    {
      BASE_URL: `http://localhost:${port}`,
      HOST: '127.0.0.1',
      PORT: port,
      ENTRA_TENANT_ID: of.tenantId,
      ENTRA_CLIENT_ID: of.clientId,
      ENTRA_CLIENT_SECRET: of.clientSecret,
      ENTRA_AUTHORITY: of.origin,
      GRAPH_BASE_URL: of.graphBase,
      ACCESS_GROUP_ID: of.groups.access,
      SESSION_SECRET: 'test-0123456789-abcdefghij-KLMNOP',
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: `test-proxy-${port}:`,
      NODE_EXTRA_CA_CERTS: certificate,
      ...settings,
    },
    until && { until },
  )
  replicas.push(replica)
  return replica
}
const lineOf = (replica: Replica, event: string) =>
  replica.logged.map(line => JSON.parse(line)).find(line => line.event === event)

test('HTTPS_PROXY alone is enough: Entra, Graph and the subscription are called through it, and Redis is not', async () => {
  const replica = await opened({
    HTTPS_PROXY: `http://app:p%40ss@${proxy.at}`,
    MEMBERSHIP_ROSTER: 'on',
    GRAPH_NOTIFICATIONS: 'on',
  })
  await expect.poll(() => tenant.subscriptions.size, { timeout: 20_000 }).toBe(1)
  await expect.poll(() => tenant.calls.graph.members, { timeout: 20_000 }).toBeGreaterThan(0)
  expect(new Set(proxy.tunnels.map(({ to }) => to))).toEqual(new Set([`${host}:443`]))
  expect(proxy.tunnels[0]?.by).toBe('app:p@ss')
  expect(proxy.plain).toEqual([])
  await expect.poll(replica.events, { timeout: 20_000 }).toContain('entra-ready')
})

test('the tokens and the keys of a sign-in are fetched through the proxy too', async () => {
  const replica = await opened({ HTTPS_PROXY: `http://${proxy.at}` })
  const visitor = createVisitor({ key: 'alice', baseUrl: replica.origin })
  const { pathname, search } = await wayOut(visitor)
  // The browser reaches the tenant without the proxy.
  const back = await wayBack({ baseUrl: replica.origin }, visitor, new URL(pathname + search, own))
  expect((await visitor.get(back.href)).status).toBe(303)
  await expect.poll(replica.events, { timeout: 20_000 }).toContain('signed-in')
  expect(Math.min(tenant.calls.tokenCode, tenant.calls.keys)).toBeGreaterThan(0)
})

test('the log says that there is a proxy and where, and never what proves us to it', async () => {
  const replica = await opened({ HTTPS_PROXY: `http://app:c4n4ry@${proxy.at}`, NO_PROXY: 'a.invalid' })
  expect(lineOf(replica, 'proxy-in-use')).toMatchObject({ at: proxy.at, except: ['a.invalid'] })
  proxy.set('refused')
  const { logged } = await opened({ HTTPS_PROXY: `http://app:c4n4ry@${proxy.at}` }, { until: 'live' })
  await expect.poll(() => logged.join('\n')).toContain('UND_ERR_ABORTED')
  expect([...replica.logged, ...logged].join('\n')).not.toMatch(/c4n4ry|YXBwOmM0bjRyeQ/)
})

test.each([host, '.invalid', '*.invalid', 'invalid', `other.example, ${host}:443`, '*'])(
  'what NO_PROXY=%s covers is called without it',
  async NO_PROXY => {
    const replica = await opened({ HTTPS_PROXY: `http://${proxy.at}`, NO_PROXY }, { until: 'live' })
    await expect.poll(() => lineOf(replica, 'entra-not-ready'), { timeout: 10_000 }).toBeDefined()
    expect(JSON.stringify(lineOf(replica, 'entra-not-ready'))).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(proxy.tunnels).toEqual([])
  },
)

test('an address in capitals, with an @ in its password, is understood too', async () => {
  await opened({ HTTPS_PROXY: `HTTP://app:p@ss@${proxy.at}` })
  expect(proxy.tunnels[0]).toEqual({ to: `${host}:443`, by: 'app:p@ss' })
})

test.each(['tenant.example', 'enant.invalid', `${host}:8443`])('NO_PROXY=%s covers something else', async NO_PROXY => {
  await opened({ HTTPS_PROXY: `http://${proxy.at}`, NO_PROXY })
  expect(proxy.tunnels.length).toBeGreaterThan(0)
})

test('this machine is called without it, whatever NO_PROXY says', async () => {
  const replica = await opened({ HTTPS_PROXY: `http://${proxy.at}` }, { of: local })
  await expect.poll(replica.events, { timeout: 20_000 }).toContain('entra-ready')
  expect(proxy.tunnels).toEqual([])
})

test('a proxy that is away is an Entra that does not answer, and the log says that nothing listens there', async () => {
  const other = await startConnectProxy(0)
  other.close()
  const replica = await opened({ HTTPS_PROXY: `http://${other.at}` }, { until: 'live' })
  await expect.poll(() => JSON.stringify(lineOf(replica, 'entra-not-ready'))).toContain('ECONNREFUSED')
})
