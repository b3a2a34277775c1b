import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../../infra/tenant/start.ts'
import { createGraph, type Graph } from '../../../src/entra/graph/graph.ts'
import { listGroup } from '../../../src/entra/graph/group-listing.ts'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { createPim, type Pim } from '../../../src/entra/pim/pim.ts'
import { appToken, oidOf, personToken } from '../../tenant/graph/kit.ts'
import { activation, post } from '../../tenant/pim/kit.ts'
import { callback, openBrowser } from '../../tenant/sign-in/browser.ts'
import { thrownBy } from './fake-graph.ts'

const scopes = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'GroupMember.Read.All',
].join(' ')

let tenant: Tenant
let ben: string
let lena: string
let app: string
beforeAll(async () => {
  tenant = await startTenant({ redirectUris: [callback] })
})
afterAll(() => tenant.close())
beforeEach(async () => {
  tenant.reset()
  tenant.setPolicy({ context: false })
  ben = await personToken(tenant, 'ben', scopes)
  lena = await personToken(tenant, 'lena', scopes)
  app = await appToken(tenant, ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All'])
})

/** The tenant's own answers, with another status. */
const withStatus =
  (status: number | undefined, of = /./): typeof fetch =>
  async (input, init) => {
    const reply = await fetch(input, init)
    if (status === undefined || !of.test(String(input))) return reply
    const body = [204, 205, 304].includes(status) ? null : await reply.text()
    return new Response(body, { status, headers: reply.headers })
  }

/** The tenant's own answers, with an error of Graph at the end of each body. */
const withErrorIn: typeof fetch = async (input, init) => {
  const reply = await fetch(input, init)
  const body = reply.ok && reply.status !== 204 ? await reply.json() : undefined
  if (!body) return reply
  return Response.json({ ...body, error: { code: 'ServiceUnavailable', message: '' } }, { status: reply.status })
}

async function waitingRequest(): Promise<string> {
  tenant.setPolicy({ approval: { approvers: ['lena'] } })
  return (await post(tenant, ben, activation(tenant, 'ben'))).body.id
}

const turningOn = 'to turn on access'
type Asked = { graph: Graph; pim: Pim; id: string }
const groupId = () => tenant.groups.access
/** Each call, and the status that Graph documents for it. */
const calls: [what: string, documented: number, ask: (asked: Asked) => Promise<unknown>][] = [
  ['who is in the group', 200, ({ graph }) => listGroup(graph, { groupId: groupId(), token: app })],
  ['whether somebody is', 200, ({ graph }) => graph.memberOf([groupId()], ben)],
  ['what somebody may', 200, ({ pim }) => pim.eligibility(ben)],
  ['the rules', 200, ({ pim }) => pim.rules(ben)],
  ['the requests', 200, ({ pim }) => pim.requests(ben, 'principal')],
  ['one request', 200, ({ pim, id }) => pim.request(ben, id)],
  ['an approval', 200, ({ pim, id }) => pim.approval(lena, id)],
  [
    turningOn,
    201,
    ({ pim }) => pim.activate(ben, { principalId: oidOf(tenant, 'ben'), reason: 'Refund 8841', minutes: 30 }),
  ],
  ['to call a request off', 204, ({ pim, id }) => pim.cancel(ben, id)],
]
const successes = [200, 201, 202, 203, 204, 206, 302, 304]

describe.each(calls)('Graph, asked %s', (what, documented, ask) => {
  const asked = async (status: number | undefined, fetch = withStatus(status)) => {
    const id = what === turningOn ? '' : await waitingRequest()
    const config = { graph: { baseUrl: tenant.graphBase, notifications: false } }
    const graph = createGraph({ config, fetch })
    return { graph, id, pim: createPim({ graph, groupId: groupId(), clock: () => new Date() }) }
  }

  test(`has answered with ${documented}`, async () => {
    await ask(await asked(undefined))
  })

  test.each(successes.filter(status => status !== documented))('has not answered with %i', async status => {
    expect(await thrownBy(ask(await asked(status)))).toBeInstanceOf(NoAnswer)
  })

  if (documented !== 204)
    test('has not answered whole with an error in its answer', async () => {
      expect(await thrownBy(ask(await asked(undefined, withErrorIn)))).toBeInstanceOf(NoAnswer)
    })
})

test.each([200, 202])('a decision that Graph takes with %i may have been taken', async status => {
  const id = await waitingRequest()
  const config = { graph: { baseUrl: tenant.graphBase, notifications: false } }
  const graph = createGraph({ config, fetch: withStatus(status, /stages\/|steps\//) })
  const pim = createPim({ graph, groupId: groupId(), clock: () => new Date() })
  expect(await thrownBy(pim.decide(lena, id, { approve: true, comment: 'Agreed' }))).toBeInstanceOf(NoAnswer)
})

describe('Entra', () => {
  const oidcThat = (status: number, of: RegExp) => {
    const { tenantId, clientId, origin, clientSecret } = tenant
    const secret = { kind: 'secret', secrets: [{ reveal: () => clientSecret }] }
    const entra = { tenantId, clientId, authority: origin, credential: secret }
    const config = { baseUrl: 'http://localhost:4567', entra } as unknown as Parameters<typeof createOidc>[0]['config']
    return createOidc({ config, clock: () => new Date(), fetch: withStatus(status, of) })
  }
  const others = successes.filter(status => status !== 200)

  test.each(others)('has said nothing of itself with %i', async status => {
    expect(await thrownBy(oidcThat(status, /openid-configuration/).load())).toMatchObject({ code: 'entra-unreachable' })
  })

  test.each(others)('has given no token with %i', async status => {
    const asked = oidcThat(status, /\/token/).graphToken('https://graph.microsoft.com')
    expect(await thrownBy(asked)).toMatchObject({ code: 'entra-unreachable' })
  })

  test.each(others)('has published no keys with %i, so nobody is signed in', async status => {
    const oidc = oidcThat(status, /\/keys/)
    const attempt = oidc.newAttempt()
    const browser = openBrowser(tenant)
    const page = await browser.visit((await oidc.signInUrl({ attempt })).href)
    const { location = '' } = await browser.choose(page, { person: 'ben', method: 'password' })
    const redeemed = oidc.redeem(new URL(location).searchParams, attempt)
    expect(await thrownBy(redeemed)).toMatchObject({ code: 'entra-unreachable' })
  })
})
