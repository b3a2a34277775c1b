import { describe, expect, test } from 'vitest'
import { createGraph } from '../../../infra/azure/graph/create-graph.ts'
import { timeInHand } from '../time-in-hand.ts'

const base = 'https://graph.microsoft.com/v1.0'
type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'lost'

/** A Graph that gives these answers, in order, the last one for ever. */
function graphThat(...answers: Answer[]) {
  const time = timeInHand()
  const asked: { method: string; url: string; at: number; id: string | null; authorization: string | null }[] = []
  const tokens: boolean[] = []
  const graph = createGraph({
    base,
    ...time,
    token: async because => {
      tokens.push(because?.isRefused ?? false)
      return `eyJ${tokens.length}`
    },
    fetch: async (url, { method, headers } = {}) => {
      const sent = new Headers(headers)
      const [id, authorization] = [sent.get('client-request-id'), sent.get('authorization')]
      asked.push({ method: method ?? '', url: String(url).replace(base, ''), at: time.passed(), id, authorization })
      const answer = answers[Math.min(asked.length, answers.length) - 1] as Answer
      if (answer === 'lost') throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })
      const { status = 200, body, headers: extra = {} } = answer
      const text = typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body)
      return new Response(text, { status, headers: extra })
    },
  })
  return { graph, asked, tokens, time, times: () => asked.map(({ at }) => at) }
}

const refusal = (code: string, message: string) => ({ error: { code, message } })

test('all pages of a list', async () => {
  const { graph, asked } = graphThat(
    { body: { value: [1], '@odata.nextLink': `${base}/groups?$skiptoken=x` } },
    { body: { value: [2, 3] } },
  )
  expect(await graph.list('/groups')).toEqual([1, 2, 3])
  expect(asked.map(({ url }) => url)).toEqual(['/groups', '/groups?$skiptoken=x'])
})

test('a next page at another host is not asked, because the token would go there', async () => {
  const { graph, asked } = graphThat({
    body: { value: [], '@odata.nextLink': 'https://graph.microsoft.com.evil.example/x' },
  })
  await expect(graph.list('/groups')).rejects.toThrow('at another host')
  expect(asked).toHaveLength(1)
})

describe('load', () => {
  test('is waited out as long as Graph says', async () => {
    const { graph, times } = graphThat({ status: 429, headers: { 'retry-after': '17' } }, { body: { id: 1 } })
    expect(await graph.get('/groups/1')).toEqual({ id: 1 })
    expect(times()).toEqual([0, 17])
  })
  test('is waited out until the instant that Graph names', async () => {
    const headers = { 'retry-after': 'Sun, 29 Nov 2026 12:00:40 GMT' }
    const { graph, times } = graphThat({ status: 503, headers }, { body: {} })
    await graph.get('/groups/1')
    expect(times()).toEqual([0, 40])
  })
  test('is waited out longer each time where Graph does not say, and in the end it is told', async () => {
    const { graph, times } = graphThat({ status: 429 })
    await expect(graph.patch('/groups/1', {})).rejects.toThrow(
      /^Graph did not take PATCH \/groups\/1 within 2 minutes \(429\)\. Nothing is lost by running this again\. client-request-id [\da-f-]{36}$/,
    )
    expect(times().slice(0, 6)).toEqual([0, 1, 3, 7, 15, 25])
    expect(times().at(-1)).toBeLessThanOrEqual(120)
  })
  test('a read whose answer was lost is asked again', async () => {
    const { graph } = graphThat('lost', { status: 504 }, { body: { id: 1 } })
    expect(await graph.get('/groups/1')).toEqual({ id: 1 })
  })
})

test('Conditional Access is asked at most once a second', async () => {
  const { graph, times } = graphThat({ body: { value: [] } })
  await graph.list('/identity/conditionalAccess/policies')
  await graph.list('/identity/conditionalAccess/policies')
  await graph.list('/groups')
  await graph.find('/identity/conditionalAccess/authenticationContextClassReferences/c1')
  expect(times()).toEqual([0, 1.1, 1.1, 2.2])
})

describe('a token that Graph refuses', () => {
  test('is renewed once', async () => {
    const { graph, tokens } = graphThat({ status: 401 }, { body: {} })
    await graph.get('/groups/1')
    expect(tokens).toEqual([false, true])
  })
  test('and its successor, too: it is told', async () => {
    const { graph, asked } = graphThat({
      status: 401,
      body: refusal('InvalidAuthenticationToken', 'eyJ0eXAiOiJKV1QiLCJub25jZSI6'),
    })
    const problem = await graph.get('/groups/1').catch((error: Error) => error)
    expect(String(problem)).toContain('The token is not valid, or has expired.')
    expect(String(problem)).not.toContain('eyJ')
    expect(asked).toHaveLength(2)
  })
})

test('an object that Graph does not show yet is changed when it does', async () => {
  const { graph, times } = graphThat({ status: 404 }, { status: 404 }, { status: 204 })
  await graph.patch('/groups/1', {})
  expect(times()).toEqual([0, 1, 3])
})

test('an object that is not there is none, and every other refusal is told', async () => {
  expect(await graphThat({ status: 404 }).graph.find('/groups/1')).toBeUndefined()
  await expect(
    graphThat({ status: 400, body: refusal('Request_BadRequest', 'No.') }).graph.find('/groups/1'),
  ).rejects.toThrow(
    /^Graph refused GET \/groups\/1 \(400 Request_BadRequest\)\. Graph says: No\. client-request-id [\da-f-]{36}$/,
  )
})

test('an answer that is not JSON is told', async () => {
  await expect(graphThat({ body: '<html>' }).graph.get('/groups/1')).rejects.toThrow('with something that is not JSON')
})

test('every request has an id of its own, which a refusal names', async () => {
  const { graph, asked } = graphThat({ status: 400, body: refusal('Request_BadRequest', 'No.') })
  const problem = await graph.get('/groups/1').catch(String)
  await graph.get('/groups/1').catch(String)
  expect(problem).toContain(asked[0]?.id)
  expect(asked[0]?.id).not.toBe(asked[1]?.id)
})

describe('creating', () => {
  const made = { id: 'made' }
  const wish = (find: () => Promise<object | undefined>, isUnique = true) => ({
    path: '/groups',
    body: {},
    find,
    isUnique,
  })

  test('where the answer was lost, what was created all the same is found', async () => {
    let looks = 0
    const { graph, asked } = graphThat('lost')
    const found = await graph.create(wish(async () => (++looks > 3 ? made : undefined)))
    expect({ found, sent: asked.length }).toEqual({ found: made, sent: 1 })
  })
  test('where the answer was lost and nothing was created, it is sent again', async () => {
    const { graph, asked } = graphThat('lost', { status: 201, body: made })
    expect(await graph.create(wish(async () => undefined))).toEqual(made)
    expect(asked).toHaveLength(2)
  })
  test('what is there already, and was not shown before, is found', async () => {
    const { graph } = graphThat({
      status: 400,
      body: refusal('RoleAssignmentExists', 'The Role assignment already exists.'),
    })
    expect(await graph.create(wish(async () => made))).toEqual(made)
  })
  test('what Graph refuses for another reason is told at once', async () => {
    const { graph, time } = graphThat({ status: 400, body: refusal('Request_BadRequest', 'Invalid value.') })
    await expect(graph.create(wish(async () => made))).rejects.toThrow('Invalid value.')
    expect(time.passed()).toBe(0)
  })
  test('where Graph would take a second one, it looks again when whatever was there before must be shown', async () => {
    const { graph, time, asked } = graphThat({ status: 201, body: made })
    const found = await graph.create(wish(async () => (time.passed() >= 20 ? { id: 'before' } : undefined), false))
    expect({ found, sent: asked.length }).toEqual({ found: { id: 'before' }, sent: 0 })
  })
  test('an action is not sent again where its answer was lost', async () => {
    const { graph, asked } = graphThat('lost')
    await expect(graph.act('/applications/1/addPassword', {})).rejects.toThrow('was lost (ECONNRESET)')
    expect(asked).toHaveLength(1)
  })
})

describe('a refusal', () => {
  const told = (status: number, body: unknown, path: string, change?: object) => {
    const { graph } = graphThat({ status, body })
    const asking = change === undefined ? graph.get(path) : graph.act(path, change)
    return asking.then(() => '', String)
  }
  const denied = refusal('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

  test.each([
    ['/identity/conditionalAccess/policies', undefined, 'Policy.Read.All', 'Conditional Access Administrator'],
    [
      '/identity/conditionalAccess/policies',
      {},
      'Policy.ReadWrite.ConditionalAccess',
      'Conditional Access Administrator',
    ],
    [
      '/identity/conditionalAccess/authenticationContextClassReferences/c1',
      {},
      'AuthenticationContext.ReadWrite.All',
      'Conditional',
    ],
    [
      '/policies/roleManagementPolicyAssignments?$filter=x',
      undefined,
      'RoleManagementPolicy.Read.AzureADGroup',
      'owner of the group',
    ],
    [
      '/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests',
      {},
      'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
      'owner',
    ],
    [
      '/identityGovernance/privilegedAccess/group/assignmentSchedules',
      undefined,
      'PrivilegedAssignmentSchedule.Read.AzureADGroup',
      'owner',
    ],
    ['/groups', {}, 'Group.ReadWrite.All', 'Groups Administrator'],
    ['/groups', { isAssignableToRole: true }, 'RoleManagement.ReadWrite.Directory', 'Privileged Role Administrator'],
    ['/groups/1/members/$ref', {}, 'GroupMember.ReadWrite.All', 'owner of the group'],
    ['/directory/administrativeUnits', {}, 'AdministrativeUnit.ReadWrite.All', 'Privileged Role Administrator'],
    ['/users/ada%40contoso.example', undefined, 'User.ReadBasic.All', 'Directory Readers'],
    ['/servicePrincipals/1/appRoleAssignedTo', {}, 'AppRoleAssignment.ReadWrite.All', 'Privileged Role Administrator'],
    ['/oauth2PermissionGrants', {}, 'DelegatedPermissionGrant.ReadWrite.All', 'Privileged Role Administrator'],
    ['/applications', {}, 'Application.ReadWrite.All', 'Cloud Application Administrator'],
  ])('of %s %j names the permission and the role', async (path, change, permission, role) => {
    const sentence = await told(403, denied, path, change)
    expect(sentence).toContain(permission)
    expect(sentence).toContain(role)
  })

  test('in the envelope of PIM is read like one in that of Graph', async () => {
    const inner = {
      errorCode: 'PermissionScopeNotGranted',
      message: 'Authorization failed due to missing permission scope A,B.',
    }
    const sentence = await told(403, refusal('UnknownError', JSON.stringify(inner)), '/policies/roleManagementPolicies')
    expect(sentence).toContain('(403 PermissionScopeNotGranted)')
    expect(sentence).toContain('Graph says: Authorization failed due to missing permission scope A,B.')
  })

  test('without an error in it still names its status', async () => {
    expect(await told(500, 'oh', '/groups')).toContain('Graph refused GET /groups (500).')
  })
})
