import { describe, expect, test } from 'vitest'
import { clouds } from '../../src/config/clouds.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createOidc } from '../../src/entra/oidc/oidc.ts'
import { openHouse } from '../support/house.ts'
import { faultsOf, good } from './good.ts'

const pair = (authority: string, graph: string) => ({ ...good, ENTRA_AUTHORITY: authority, GRAPH_BASE_URL: graph })
const local = 'http://127.0.0.1:3001'

describe('sign-in host and Graph', () => {
  test.each(clouds)('of $title belong together, and lead to their admin center', cloud => {
    const config = loadConfig(pair(cloud.authority, `${cloud.graph}/v1.0`))
    expect([config.entra.authority, config.graph.baseUrl]).toEqual([cloud.authority, `${cloud.graph}/v1.0`])
    expect(config.cloud.adminCenter).toBe(cloud.adminCenter)
  })

  const strangers = clouds.flatMap(one =>
    clouds.filter(other => other.authority !== one.authority).map(other => [one.authority, other.graph] as const),
  )
  test.each(strangers)('%s and %s do not, and the fault says what does', (authority, graph) => {
    const lines = faultsOf(pair(authority, `${graph}/v1.0`))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^GRAPH_BASE_URL does not belong to ENTRA_AUTHORITY/)
    for (const fitting of clouds.filter(each => each.authority === authority))
      expect(lines[0]).toContain(`${fitting.graph}/v1.0 (${fitting.title})`)
  })
  test('of the US Government, with Graph left out, do not either: its default is that of the global cloud', () => {
    expect(faultsOf({ ...good, ENTRA_AUTHORITY: 'https://login.microsoftonline.us' })).toHaveLength(1)
  })
  test.each([
    ['https://login.windows.net', 'https://login.microsoftonline.com'],
    ['https://login.microsoft.com', 'https://login.microsoftonline.com'],
    ['https://sts.windows.net', 'https://login.microsoftonline.com'],
    ['https://login.usgovcloudapi.net', 'https://login.microsoftonline.us'],
    ['https://login.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
  ])('by a former name, as %s, are refused with the name of today', (former, current) => {
    expect(faultsOf({ ...good, ENTRA_AUTHORITY: former })).toEqual([
      `ENTRA_AUTHORITY is a former name of ${current}: give that one. Example: ${current}`,
    ])
  })
  test('that do not belong together are told of beside every other fault', () => {
    const lines = faultsOf({
      ...pair('https://login.microsoftonline.us', 'https://graph.microsoft.com/v1.0'),
      ...{ SESSION_SECRET: 'short', PORT: '9464', METRICS_PORT: '9464' },
    })
    expect(lines.map(line => line.split(' ')[0])).toEqual(['GRAPH_BASE_URL', 'SESSION_SECRET', 'METRICS_PORT'])
  })
  test.each([
    'https://login.microsoftonline.com.contoso.com',
    'https://login.microsoftonline.com.',
    'https://login.microsoftonline.us:8443',
    'https://login.microsoftonline.de',
  ])('at a host that is no cloud, as %s, are refused', authority => {
    expect(faultsOf({ ...good, ENTRA_AUTHORITY: authority })[0]).toMatch(
      /^ENTRA_AUTHORITY is the sign-in host of no cloud/,
    )
  })
  test.each([
    ['on loopback hosts', local, `${local}/graph/v1.0`],
    ['on two loopback hosts', local, 'http://localhost:3002/v1.0'],
    ['on one host elsewhere', 'https://tenant.contoso.example', 'https://tenant.contoso.example/graph/v1.0'],
  ])('of a local tenant %s belong together', (_where, authority, graph) => {
    expect(faultsOf(pair(authority, graph))).toEqual([])
  })
  test.each([
    ['a local tenant', local, 'https://graph.microsoft.com/v1.0', 'GRAPH_BASE_URL'],
    ['Entra', 'https://login.microsoftonline.com', `${local}/graph/v1.0`, 'GRAPH_BASE_URL'],
    ['a tenant elsewhere', 'https://tenant.contoso.example', 'https://graph.microsoft.com/v1.0', 'ENTRA_AUTHORITY'],
  ])('of %s and of somebody else are refused', (_whose, authority, graph, setting) => {
    const lines = faultsOf(pair(authority, graph))
    expect([lines.length, lines[0]?.split(' ')[0]]).toEqual([1, setting])
  })
  test('where only a local tenant is named, Graph is its own', () => {
    expect(loadConfig({ ...good, ENTRA_AUTHORITY: local }).graph.baseUrl).toBe(`${local}/graph/v1.0`)
  })
})

describe.each(clouds)('the metadata of $title', ({ authority }) => {
  const graph = clouds.find(each => each.authority === authority)?.graph
  const config = loadConfig(pair(authority, `${graph}/v1.0`))
  const { tenantId } = config.entra
  const load = (issuer: string, host = authority) => {
    const fetch = async () =>
      Response.json({
        issuer,
        authorization_endpoint: `${host}/${tenantId}/oauth2/v2.0/authorize`,
        token_endpoint: `${host}/${tenantId}/oauth2/v2.0/token`,
        jwks_uri: `${host}/${tenantId}/discovery/v2.0/keys`,
      })
    return createOidc({ config, clock: () => new Date(), fetch }).load()
  }

  test('is believed when it names our tenant at its own host', async () => {
    await expect(load(`${authority}/${tenantId}/v2.0`)).resolves.toBeUndefined()
  })
  test.each(clouds.filter(other => other.authority !== authority))(
    'is not believed when it names the issuer or the endpoints of $title',
    async other => {
      await expect(load(`${other.authority}/${tenantId}/v2.0`)).rejects.toThrow('entra-unreachable')
      await expect(load(`${authority}/${tenantId}/v2.0`, other.authority)).rejects.toThrow('entra-unreachable')
    },
  )
})

test('the refused page leads to the admin center of the cloud', async () => {
  await using house = await openHouse()
  Object.assign(house.config.cloud, { adminCenter: 'https://entra.microsoft.us' })
  const page = await (await house.visitor('oskar')).get('/')
  expect(page.text).toContain('href="https://entra.microsoft.us/#view/')
  expect(page.text).not.toContain('entra.microsoft.com')
})
