import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import { startTenant, type Tenant } from '../../infra/tenant/start.ts'
import { proxyFrom } from '../../src/config/proxy.ts'
import { Secret } from '../../src/config/secret.ts'
import { callThrough } from '../../src/life/proxy.ts'
import { wayBack, wayOut } from '../support/at-entra.ts'
import { startConnectProxy } from '../support/connect-proxy.ts'
import { type House, openHouse } from '../support/house.ts'
import { type Replica, startReplica } from '../support/replicas.ts'
import { eventsIn } from '../support/stored.ts'
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
/** The tenant's address for callers without a proxy. */
let own: string
let front: https.Server
let proxy: Awaited<ReturnType<typeof startConnectProxy>>

beforeAll(async () => {
  front = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) })
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
  const port = await freePort()
  front.on('request', (request, response) => {
    const { url, method } = request
    // The tenant answers only under names of this machine.
    const headers = { ...request.headers, host: `127.0.0.1:${port}` }
    const passed = http.request({ port, host: '127.0.0.1', path: url, method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(passed)
  })
  own = `http://127.0.0.1:${port}`
  tenant = await startTenant({ port, origin: `https://${host}`, switches: { appPermissions } })
  proxy = await startConnectProxy((front.address() as AddressInfo).port)
})
afterAll(async () => {
  proxy.close()
  front.close()
  front.closeAllConnections()
  await tenant.close()
  rmSync(folder, { recursive: true })
})

describe('a replica with HTTPS_PROXY', () => {
  let replica: Replica
  beforeAll(async () => {
    const port = String(await freePort())
    replica = await startReplica({
      BASE_URL: `http://localhost:${port}`,
      HOST: '127.0.0.1',
      PORT: port,
      ENTRA_TENANT_ID: tenant.tenantId,
      ENTRA_CLIENT_ID: tenant.clientId,
      ENTRA_CLIENT_SECRET: tenant.clientSecret,
      ENTRA_AUTHORITY: tenant.origin,
      GRAPH_BASE_URL: tenant.graphBase,
      ACCESS_GROUP_ID: tenant.groups.access,
      SESSION_SECRET: 'test-0123456789-abcdefghij-KLMNOP',
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: `test-proxy-${port}:`,
      NODE_EXTRA_CA_CERTS: certificate,
      HTTPS_PROXY: `http://app:c4n4ry%40@${proxy.at}`,
      NO_PROXY: 'a.invalid',
      MEMBERSHIP_ROSTER: 'on',
      GRAPH_NOTIFICATIONS: 'on',
    })
  })
  // What is called in this process later would meet the calls of a replica that goes on asking.
  afterAll(() => replica.kill())

  test('needs no more: Entra, Graph and the subscription are called through it, and Redis is not', async () => {
    await expect.poll(() => tenant.subscriptions.size, { timeout: 20_000 }).toBe(1)
    await expect.poll(() => tenant.calls.graph.members, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(new Set(proxy.tunnels.map(({ to }) => to))).toEqual(new Set([`${host}:443`]))
    expect(proxy.tunnels[0]?.by).toBe('app:c4n4ry@')
    expect(proxy.plain).toEqual([])
    await expect.poll(replica.events, { timeout: 20_000 }).toContain('entra-ready')
  })

  test('fetches the tokens and the keys of a sign-in through it too', async () => {
    const visitor = createVisitor({ key: 'alice', baseUrl: replica.origin })
    const { pathname, search } = await wayOut(visitor)
    // The browser reaches the tenant without the proxy.
    const back = await wayBack({ baseUrl: replica.origin }, visitor, new URL(pathname + search, own))
    expect((await visitor.get(back.href)).status).toBe(303)
    await expect.poll(replica.events, { timeout: 20_000 }).toContain('signed-in')
    expect(Math.min(tenant.calls.tokenCode, tenant.calls.keys)).toBeGreaterThan(0)
  })

  test('says in its log that there is a proxy and where, and never what proves us to it', () => {
    expect(eventsIn(replica.logged, 'proxy-in-use')).toMatchObject([{ at: proxy.at, except: ['a.invalid'] }])
    expect(replica.logged.join('\n')).not.toMatch(/c4n4ry|YXBwOmM0bjRyeU/)
  })
})

/** What these settings make of calls of this process. */
function calling(url: string, NO_PROXY?: string): { [Symbol.dispose]: () => void } {
  const found = proxyFrom({ HTTPS_PROXY: new Secret(url), NO_PROXY })
  return { [Symbol.dispose]: found ? callThrough(found) : () => {} }
}
/** Nobody vouches for the certificate here: a call ends at the tenant's door, and its cause says so. */
const call = (url: string) =>
  fetch(url).then(
    () => 'answered',
    (error: Error) => String((error.cause as NodeJS.ErrnoException).code),
  )

describe('a call', () => {
  beforeEach(() => {
    proxy.tunnels.length = 0
  })

  test.each([host, '.invalid', '*.invalid', 'invalid', `other.example, ${host}:443`, '*'])(
    'to what NO_PROXY=%s covers goes without the proxy',
    async NO_PROXY => {
      using _proxied = calling(`http://${proxy.at}`, NO_PROXY)
      expect(await call(`https://${host}/`)).toMatch(/ENOTFOUND|EAI_AGAIN/)
      expect(proxy.tunnels).toEqual([])
    },
  )

  test.each(['tenant.example', 'enant.invalid', `${host}:8443`, ''])(
    'to something else than NO_PROXY=%s covers goes through it',
    async NO_PROXY => {
      using _proxied = calling(`http://${proxy.at}`, NO_PROXY)
      expect(await call(`https://${host}/`)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
      expect(proxy.tunnels).toHaveLength(1)
    },
  )

  test('goes through a proxy whose address is in capitals, with an @ in its password', async () => {
    using _proxied = calling(`HTTP://app:p@ss@${proxy.at}`)
    await call(`https://${host}/`)
    expect(proxy.tunnels[0]).toEqual({ to: `${host}:443`, by: 'app:p@ss' })
  })

  test.each(['', host])('to this machine goes without it, whatever NO_PROXY says (%s)', async NO_PROXY => {
    using _proxied = calling(`http://${proxy.at}`, NO_PROXY)
    const { port } = front.address() as AddressInfo
    expect(await call(`https://localhost:${port}/`)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(proxy.tunnels).toEqual([])
  })
})

describe('an Entra behind a proxy', () => {
  const settings = { ENTRA_AUTHORITY: `https://${host}`, GRAPH_BASE_URL: `https://${host}/v1.0` }
  const failures = ({ logged }: House) => JSON.stringify(eventsIn(logged, 'entra-not-ready'))

  test('that takes nobody does not answer, and the log never has what proves us to the proxy', async () => {
    proxy.set('refused')
    using _proxied = calling(`http://app:c4n4ry@${proxy.at}`)
    await using house = await openHouse({ settings })
    await expect.poll(() => failures(house)).toContain('UND_ERR_ABORTED')
    expect(house.logged.join('\n')).not.toMatch(/c4n4ry|YXBwOmM0bjRyeQ/)
    proxy.set('through')
  })

  test('that is away does not answer, and the log says that nothing listens there', async () => {
    const other = await startConnectProxy(0)
    other.close()
    using _proxied = calling(`http://${other.at}`)
    await using house = await openHouse({ settings })
    await expect.poll(() => failures(house)).toContain('ECONNREFUSED')
  })
})
