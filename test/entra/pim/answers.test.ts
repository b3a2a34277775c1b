import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { createPim } from '../../../src/entra/pim/pim.ts'
import { graphThat, type Reply, type Sent, thrownBy } from '../graph/fake-graph.ts'

const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const other = 'e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19'
const ana = '6f1d2c3b-4a59-4867-9768-a1b2c3d4e5f6'
const rid = '0f8fad5b-d9cb-469f-a165-70867728950e'
const now = Date.parse('2026-09-01T08:00:00Z')
const hour = 3_600_000
const base = '/identityGovernance/privilegedAccess/group'

const pimThat = (answer: (sent: Sent) => Reply) => {
  const { graph, sent } = graphThat(answer)
  return { pim: createPim({ graph, groupId, clock: () => new Date(now) }), sent }
}
const pages = (rows: unknown[]) => pimThat(() => ({ body: { value: rows } })).pim
const ours = { accessId: 'Member', groupId: groupId.toUpperCase(), principalId: ana.toUpperCase() }
const request = (more: object = {}) => ({
  ...ours,
  id: rid,
  status: 'Provisioned',
  action: 'SelfActivate',
  createdDateTime: '2026-09-01T08:00:00.1134567Z',
  ...more,
})

describe('the request to turn on access', () => {
  const sentBy = async (more: object) => {
    const { pim, sent } = pimThat(() => ({ status: 201, body: request() }))
    await pim.activate('a-token', { principalId: ana, reason: 'Refund 8841', minutes: 90, ...more })
    return sent
  }

  test('is one request', async () => {
    expect(await sentBy({})).toMatchObject([
      {
        method: 'POST',
        path: `${base}/assignmentScheduleRequests`,
        body: {
          accessId: 'member',
          groupId,
          principalId: ana,
          action: 'selfActivate',
          isValidationOnly: false,
          justification: 'Refund 8841',
          scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT1H30M' } },
        },
      },
    ])
  })

  test('holds a ticket only where there is one', async () => {
    expect((await sentBy({}))[0]?.body).not.toHaveProperty('ticketInfo')
    expect((await sentBy({ ticket: 'INC-20931' }))[0]?.body).toHaveProperty('ticketInfo', {
      ticketNumber: 'INC-20931',
      ticketSystem: 'Gatehouse',
    })
  })

  test('says when only where it is later', async () => {
    expect((await sentBy({}))[0]?.body).not.toHaveProperty('scheduleInfo.startDateTime')
    expect((await sentBy({ startsAt: now + hour }))[0]?.body).toHaveProperty(
      'scheduleInfo.startDateTime',
      '2026-09-01T09:00:00.000Z',
    )
  })

  test('to end it needs no schedule', async () => {
    const { pim, sent } = pimThat(() => ({ status: 201, body: request({ status: 'Revoked' }) }))
    await pim.deactivate('a-token', { principalId: ana, reason: 'Done' })
    expect(sent[0]?.body).toEqual({
      accessId: 'member',
      groupId,
      principalId: ana,
      isValidationOnly: false,
      action: 'selfDeactivate',
      justification: 'Done',
    })
  })
})

describe('an act that may have happened', () => {
  test.each<[string, Reply]>([
    ['answered without a status', { status: 201, body: request({ status: undefined }) }],
    ['answered about somebody else', { status: 201, body: request({ principalId: other }) }],
    ['answered about another group', { status: 201, body: request({ groupId: other }) }],
    ['answered with nothing', { status: 204 }],
    ['answered with a list', { status: 201, body: { value: [request()] } }],
    ['answered with a page', { status: 201, body: '<html>' }],
    ['answered with 500', { status: 500, body: {} }],
    ['answered with 504', { status: 504, body: {} }],
    ['answered with a redirect', { status: 302, headers: { location: '/elsewhere' }, body: '' }],
  ])('is never refused, and sent once: %s', async (_, reply) => {
    const { pim, sent } = pimThat(() => reply)
    const wish = { principalId: ana, reason: 'Refund 8841', minutes: 30 }
    expect(await thrownBy(pim.activate('a-token', wish))).toBeInstanceOf(NoAnswer)
    expect(await thrownBy(pim.deactivate('a-token', wish))).toBeInstanceOf(NoAnswer)
    expect(sent).toHaveLength(2)
  })
})

describe('a request', () => {
  const read = (more: object) => pimThat(() => ({ body: request(more) })).pim.request('a-token', rid)

  test.each([
    ['Provisioned', 'provisioned'],
    ['SCHEDULECREATED', 'schedulecreated'],
    ['pendingApproval', 'pendingapproval'],
    ['Canceled', 'canceled'],
    ['PendingEvaluation', 'other'],
    ['', 'other'],
  ])('of status “%s” is %s', async (status, expected) => expect((await read({ status }))?.status).toBe(expected))

  test('is read with what may be null left out', async () => {
    const nulls = {
      completedDateTime: null,
      approvalId: null,
      justification: null,
      ticketInfo: null,
      scheduleInfo: null,
    }
    expect(await read({ ...nulls, createdBy: null, customData: null })).toEqual({
      id: rid,
      principalId: ana,
      action: 'selfactivate',
      status: 'provisioned',
      createdAt: Date.parse('2026-09-01T08:00:00.113Z'),
    })
  })

  test('lasts as long as from its start to its end, where no duration is given', async () => {
    const expiration = { type: 'afterDateTime', duration: null, endDateTime: '2026-09-01T12:00:00+02:00' }
    const scheduleInfo = { startDateTime: '2026-09-01T08:00:00Z', recurrence: null, expiration }
    expect(await read({ scheduleInfo })).toMatchObject({ minutes: 120, startsAt: now })
  })

  test.each<[string, object]>([
    ['another group', { groupId: other }],
    ['an owner', { accessId: 'owner' }],
  ])('about %s is none', async (_, more) => expect(await read(more)).toBeUndefined())

  test.each<[string, object]>([
    ['no time of creation', { createdDateTime: null }],
    ['a time without its zone', { createdDateTime: '2026-09-01T08:00:00' }],
    ['no person', { principalId: 'ana' }],
    ['no group', { groupId: null }],
  ])('with %s proves nothing', async (_, more) => {
    expect(await thrownBy(read(more))).toMatchObject({ code: 'shape', status: 0 })
  })

  test.each(['..', '.', 'a/b', '../groups', 'a?b', 'a#b', '', 'a b', 'a%2fb', 'x'.repeat(201)])(
    'of the id “%s” is none, and nothing is asked',
    async id => {
      const { pim, sent } = pimThat(() => ({ body: request() }))
      expect(await pim.request('a-token', id)).toBeUndefined()
      expect(sent).toEqual([])
    },
  )

  test.each(['cancel', 'approval'] as const)('of an odd id is not asked for by %s either', async act => {
    const { pim, sent } = pimThat(() => ({ status: 204 }))
    expect(await thrownBy(pim[act]('a-token', '../groups'))).toMatchObject({ status: 404 })
    expect(sent).toEqual([])
  })
})

describe('the list of requests', () => {
  test('is filtered by what is asked', async () => {
    const { pim, sent } = pimThat(() => ({ body: { value: [] } }))
    await pim.requests('a-token', 'approver', { status: 'pendingapproval', principalId: ana.toUpperCase() })
    expect(sent[0]?.path).toBe(`${base}/assignmentScheduleRequests/filterByCurrentUser(on='approver')`)
    expect(sent[0]?.query.get('$filter')).toBe(
      `groupId eq '${groupId}' and status eq 'PendingApproval' and principalId eq '${ana}'`,
    )
  })

  test('takes no filter that it does not know', async () => {
    const { pim, sent } = pimThat(() => ({ body: { value: [] } }))
    expect(await thrownBy(pim.requests('a-token', 'approver', { status: "x' or 1 eq 1" }))).toBeInstanceOf(TypeError)
    expect(await thrownBy(pim.requests('a-token', 'approver', { principalId: "x'" }))).toBeInstanceOf(GraphRefusal)
    expect(sent).toEqual([])
  })

  test('leaves out what Graph did not filter', async () => {
    const rows = [
      request({ id: 'owner', accessId: 'owner' }),
      request({ id: 'elsewhere', groupId: other }),
      request({ id: 'somebody', principalId: other }),
      request({ id: 'over', status: 'Denied' }),
      request({ id: 'right', status: 'pendingapproval' }),
    ]
    const found = await pages(rows).requests('a-token', 'approver', { status: 'PendingApproval', principalId: ana })
    expect(found.map(({ id }) => id)).toEqual(['right'])
  })

  test('is whole, or none', async () => {
    expect(await thrownBy(pages([request(), { id: rid }]).requests('a-token', 'principal'))).toMatchObject({
      code: 'shape',
    })
  })

  test.each(['not a url', '/v1.0/next?page=2', 'http://another.test/v1.0/next'])(
    'is none where its next page is at %s',
    async next => {
      const { pim } = pimThat(() => ({ body: { value: [request()], '@odata.nextLink': next } }))
      await expect(pim.requests('a-token', 'principal')).rejects.toMatchObject({ code: 'paging' })
    },
  )

  test('is read to its last page', async () => {
    const { pim } = pimThat(({ query }) => ({
      body: query.has('page')
        ? { value: [request({ id: 'two' })] }
        : { value: [request({ id: 'one' })], '@odata.nextLink': 'http://graph.test/v1.0/next?page=2' },
    }))
    expect(await pim.requests('a-token', 'principal')).toHaveLength(2)
  })
})

describe('eligibility', () => {
  const row = (more: object) => ({ ...ours, startDateTime: '2026-08-01T00:00:00Z', endDateTime: null, ...more })
  const eligibility = (rows: object[], grants: object[] = []) =>
    pimThat(({ path }) => ({ body: { value: path.includes('Requests') ? grants : rows } })).pim.eligibility('a-token')

  test.each<[string, object[], object]>([
    ['without an end', [row({})], { eligible: true }],
    [
      'until the latest end',
      [row({ endDateTime: '2026-09-02T00:00:00Z' }), row({ endDateTime: '2026-09-03T00:00:00Z' })],
      { eligible: true, until: Date.parse('2026-09-03T00:00:00Z') },
    ],
    ['held through another group', [row({ principalId: other, memberType: 'Group' })], { eligible: true }],
    ['of an owner is none', [row({ accessId: 'owner' })], { eligible: false }],
    ['of another group is none', [row({ groupId: other })], { eligible: false }],
    ['that begins tomorrow is none', [row({ startDateTime: '2026-09-02T00:00:00Z' })], { eligible: false }],
    [
      'that is still listed after its end is none',
      [row({ endDateTime: '2026-09-01T08:00:00Z' })],
      { eligible: false, endedAt: now },
    ],
  ])('%s', async (_, rows, expected) => expect(await eligibility(rows)).toEqual(expected))

  const grant = (more: object) => ({ ...request(more), ...more })
  const until = (endDateTime: string) => ({
    scheduleInfo: { startDateTime: null, expiration: { type: 'afterDateTime', endDateTime } },
  })
  test.each<[string, object[], object]>([
    [
      'by its date',
      [grant({ action: 'adminAssign', ...until('2026-08-31T00:00:00Z') })],
      { endedAt: Date.parse('2026-08-31T00:00:00Z') },
    ],
    [
      'by its duration',
      [
        grant({
          action: 'AdminAssign',
          scheduleInfo: {
            startDateTime: '2026-08-01T00:00:00Z',
            expiration: { type: 'afterDuration', duration: 'P1D' },
          },
        }),
      ],
      { endedAt: Date.parse('2026-08-02T00:00:00Z') },
    ],
    [
      'when it was taken back',
      [
        grant({ action: 'adminRemove', status: 'Revoked', completedDateTime: '2026-08-30T00:00:00Z' }),
        grant({ action: 'adminAssign', createdDateTime: '2026-08-01T00:00:00Z', ...until('2026-12-31T00:00:00Z') }),
      ],
      { endedAt: Date.parse('2026-08-30T00:00:00Z') },
    ],
    ['not when a change of it failed', [grant({ action: 'adminRemove', status: 'Failed' })], {}],
    [
      'not by a wish to prolong it',
      [grant({ action: 'selfExtend', status: 'Provisioned', ...until('2026-08-31T00:00:00Z') })],
      {},
    ],
    ['not in the future', [grant({ action: 'adminAssign', ...until('2026-12-31T00:00:00Z') })], {}],
    ['not where the log cannot be read', [{ strange: true }], {}],
  ])('ended %s', async (_, grants, expected) =>
    expect(await eligibility([], grants)).toEqual({ eligible: false, ...expected }),
  )
})

describe('stretches of time', () => {
  const instance = (more: object = {}) => ({
    ...ours,
    id: 'i',
    assignmentType: 'Activated',
    assignmentScheduleId: 's',
    startDateTime: '2026-09-01T07:30:00Z',
    endDateTime: '2026-09-01T09:30:00Z',
    ...more,
  })
  const schedule = (more: object = {}) => ({
    ...ours,
    id: 's2',
    assignmentType: 'activated',
    createdUsing: 'r2',
    status: 'Provisioned',
    scheduleInfo: { startDateTime: '2026-09-01T09:30:00Z', expiration: { type: 'AfterDuration', duration: 'PT30M' } },
    ...more,
  })
  const spans = (instances: object[], schedules: object[]) =>
    pimThat(({ path }) => ({ body: { value: path.includes('Instances') ? instances : schedules } })).pim.spans(
      'a-token',
    )
  const running = { from: now - hour / 2, until: now + 1.5 * hour, kind: 'activated' }

  test('are what runs, and what begins when it ends', async () => {
    expect(await spans([instance()], [schedule()])).toEqual([
      running,
      { from: now + 1.5 * hour, until: now + 2 * hour, kind: 'activated', requestId: 'r2' },
    ])
  })

  test.each<[string, object]>([
    ['canceled', { status: 'Canceled' }],
    ['revoked', { status: 'revoked' }],
    ['begun already', { scheduleInfo: { startDateTime: '2026-09-01T07:59:59Z' } }],
    ['without a start', { scheduleInfo: null }],
    ['of another group', { groupId: other }],
    ['of an owner', { accessId: 'Owner' }],
  ])('leave out a plan that is %s', async (_, more) =>
    expect(await spans([instance()], [schedule(more)])).toEqual([running]),
  )

  test.each<[string, object]>([
    ['over but still listed', { endDateTime: '2026-09-01T08:00:00Z' }],
    ['of another group', { groupId: other }],
    ['of an owner', { accessId: 'owner' }],
  ])('leave out one that is %s', async (_, more) => expect(await spans([instance(more)], [])).toEqual([]))

  test('added outside PIM have neither start nor end', async () => {
    expect(await spans([instance({ assignmentType: 'Assigned', startDateTime: null, endDateTime: null })], [])).toEqual(
      [{ from: 0, kind: 'assigned' }],
    )
  })

  test('with an end that is no time prove nothing', async () => {
    expect(await thrownBy(spans([instance({ endDateTime: 'tomorrow' })], []))).toMatchObject({ code: 'shape' })
  })
})

describe('the policy', () => {
  const assignment = (more: object = {}) => ({
    scopeId: groupId,
    scopeType: 'Group',
    roleDefinitionId: 'Member',
    policy: { rules: [{ id: 'Expiration_EndUser_Assignment', maximumDuration: 'PT1H' }] },
    ...more,
  })

  test('is asked for by group and kind of access', async () => {
    const { pim, sent } = pimThat(() => ({ body: { value: [assignment()] } }))
    expect((await pim.rules('a-token')).longestMinutes).toBe(60)
    expect(Object.fromEntries(sent[0]?.query ?? [])).toEqual({
      $filter: `scopeId eq '${groupId}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`,
      $expand: 'policy($expand=rules)',
    })
  })

  test('is that of members, whichever comes first', async () => {
    const owners = assignment({ roleDefinitionId: 'owner', policy: { rules: [] } })
    expect((await pages([owners, assignment()]).rules('a-token')).longestMinutes).toBe(60)
  })

  test.each<[string, object[]]>([
    ['is not listed yet', [assignment({ roleDefinitionId: 'owner' })]],
    ['is another group’s', [assignment({ scopeId: other })]],
    ['comes without its rules', [assignment({ policy: {} })]],
  ])('that %s is not known', async (_, rows) =>
    expect(await thrownBy(pages(rows).rules('a-token'))).toBeInstanceOf(GraphRefusal),
  )
})

describe('a decision', () => {
  const approval = {
    id: rid,
    stages: [{ id: rid, status: 'InProgress', reviewResult: 'NotReviewed', assignedToMe: true }],
  }
  const decided = async (replies: Record<string, Reply>) => {
    const { pim, sent } = pimThat(({ method, path }) =>
      method === 'GET' ? { body: approval } : (replies[path.split('/').at(-2) ?? ''] ?? { status: 404, body: {} }),
    )
    const thrown = await pim.decide('a-token', rid, { approve: false, comment: 'no' }).catch(error => error)
    return { thrown, sent: sent.filter(({ method }) => method === 'PATCH') }
  }

  test('is sent to the stage that is one’s own', async () => {
    const { sent } = await decided({ stages: { status: 204 } })
    expect(sent).toMatchObject([
      {
        path: `${base}/assignmentApprovals/${rid}/stages/${rid}`,
        body: { reviewResult: 'Deny', justification: 'no' },
      },
    ])
  })

  test.each([404, 400])('goes to the other path on %i', async status => {
    const { thrown, sent } = await decided({ stages: { status, body: {} }, steps: { status: 204 } })
    expect(thrown).toBeUndefined()
    expect(sent).toHaveLength(2)
  })

  test('that is refused for what it says is told so', async () => {
    const refusal = { status: 400, body: { error: { code: 'NoComment', message: 'x' } } }
    expect((await decided({ stages: refusal })).thrown).toMatchObject({ code: 'NoComment' })
  })

  test.each([403, 409])('is not tried again on %i', async status => {
    const { thrown, sent } = await decided({ stages: { status, body: {} } })
    expect(thrown).toMatchObject({ status })
    expect(sent).toHaveLength(1)
  })

  test('that may have happened is not tried again', async () => {
    const { thrown, sent } = await decided({ stages: { status: 504, body: {} } })
    expect(thrown).toBeInstanceOf(NoAnswer)
    expect(sent).toHaveLength(1)
  })
})

test('who approved is read from an identity set, too', async () => {
  const reviewedBy = { user: { id: ana.toUpperCase(), displayName: 'Ana' } }
  const stages = [{ id: rid, reviewResult: 'APPROVE', reviewedBy, reviewedDateTime: '2026-09-01T08:00:00Z' }]
  const { pim } = pimThat(() => ({ body: { id: rid, stages } }))
  expect((await pim.approval('a-token', rid)).stages).toEqual([
    {
      id: rid,
      status: '',
      result: 'approve',
      reviewedAt: now,
      reviewedBy: { id: ana, name: 'Ana' },
      assignedToMe: false,
    },
  ])
})
