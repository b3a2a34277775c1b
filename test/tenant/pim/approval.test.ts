import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { appToken, callGraph, oidOf } from '../graph/kit.ts'
import { everyScope } from '../open-tenant.ts'
import { clockAt } from '../sign-in/browser.ts'
import { activation, pim, post, refusalIn, requests, scopes, strongToken, weakToken } from './kit.ts'

const { clock, forward, back } = clockAt('2026-03-02T12:00:00Z')
const tenant = await startTenant({ clock, permitted: { delegated: everyScope } })
beforeEach(() => tenant.setPolicy({ approval: { approvers: ['lena', 'ada', 'ben'] } }))
afterEach(() => {
  back()
  tenant.reset()
})
afterAll(() => tenant.close())
const approvals = `${pim}/assignmentApprovals`
const ok = { reviewResult: 'Approve', justification: 'go ahead' }

async function asked() {
  const { body } = await post(tenant, await strongToken(tenant, 'ben'), activation(tenant, 'ben'))
  return body as { id: string; status: string; approvalId: string }
}

const decide = (id: string, token: string, body: object = ok, segment = 'stages') =>
  callGraph(tenant, `${approvals}/${id}/${segment}/${id}`, { token, method: 'PATCH', body })

async function stage(id: string, key = 'lena') {
  const token = await weakToken(tenant, key)
  return (await callGraph(tenant, `${approvals}/${id}?$expand=stages`, { token })).body.stages[0]
}

const nowOf = (id: string) => tenant.requests.find(request => request.id === id)

describe('a request', () => {
  test('waits, known by its own id to the approvers, who are mailed', async () => {
    const { id, status, approvalId } = await asked()
    expect([status, approvalId]).toEqual(['PendingApproval', id])
    expect(tenant.mails.map(({ to }) => to)).toContain('lena@contoso.example')
    expect(await stage(id)).toEqual({
      id,
      displayName: null,
      assignedToMe: true,
      status: 'InProgress',
      reviewResult: 'NotReviewed',
      justification: null,
      reviewedDateTime: null,
      reviewedBy: null,
    })
  })

  test('hinders a second one', async () => {
    await asked()
    const reply = await post(tenant, await strongToken(tenant, 'ben'), activation(tenant, 'ben'))
    expect(refusalIn(reply).code).toBe('PendingRoleAssignmentRequest')
  })

  test('is found by approvers in a group too', async () => {
    tenant.setPolicy({ approval: { approvers: [], groups: [tenant.groups.administrators] } })
    const { id } = await asked()
    const filter = encodeURIComponent("status eq 'PendingApproval'")
    const found = async (key: string) => {
      const token = await weakToken(tenant, key)
      const path = `${requests}/filterByCurrentUser(on=%27approver%27)?$filter=${filter}`
      return (await callGraph(tenant, path, { token })).body.value.map((each: { id: string }) => each.id)
    }
    expect([await found('ada'), await found('lena')]).toEqual([[id], []])
  })

  test('lapses after a day', async () => {
    const { id } = await asked()
    forward({ minutes: 24 * 60 - 1, seconds: 59 })
    expect(nowOf(id)?.status).toBe('PendingApproval')
    forward({ seconds: 1 })
    expect(nowOf(id)?.status).toBe('Failed')
    expect((await decide(id, await weakToken(tenant, 'lena'))).status).toBe(409)
    expect((await asked()).status).toBe('PendingApproval')
  })

  test.each([
    ['ben', 204],
    ['ada', 204],
    ['lena', 403],
    ['oskar', 403],
  ])('is called off by %s with %d', async (key, status) => {
    const { id } = await asked()
    const token = await weakToken(tenant, key)
    expect((await callGraph(tenant, `${requests}/${id}/cancel`, { token, method: 'POST' })).status).toBe(status)
    expect(nowOf(id)?.status).toBe(status === 204 ? 'Canceled' : 'PendingApproval')
    if (status === 204) expect((await decide(id, await weakToken(tenant, 'lena'))).status).toBe(409)
  })
})

describe('a decision', () => {
  test('to approve lets the time begin now', async () => {
    const { id } = await asked()
    forward({ minutes: 40 })
    expect((await decide(id, await weakToken(tenant, 'lena'))).status).toBe(204)
    expect(nowOf(id)).toMatchObject({ status: 'Provisioned', from: clock(), until: new Date('2026-03-02T14:40:00Z') })
    expect(await stage(id)).toMatchObject({
      status: 'Completed',
      reviewResult: 'Approve',
      justification: 'go ahead',
      reviewedDateTime: '2026-03-02T12:40:00.000Z',
      reviewedBy: { id: oidOf(tenant, 'lena'), displayName: 'Lena Fischer' },
    })
  })

  test('to deny ends it', async () => {
    const { id } = await asked()
    await decide(id, await weakToken(tenant, 'lena'), { reviewResult: 'deny', justification: 'not today' })
    expect(nowOf(id)?.status).toBe('Denied')
    expect(await stage(id, 'ben')).toMatchObject({ reviewResult: 'Deny', justification: 'not today' })
    expect((await asked()).status).toBe('PendingApproval')
  })

  test.each([
    [
      'a second time',
      409,
      async (id: string) => {
        await decide(id, await weakToken(tenant, 'ada'))
        return decide(id, await weakToken(tenant, 'lena'))
      },
    ],
    ['by the one who asked', 403, async (id: string) => decide(id, await weakToken(tenant, 'ben'))],
    ['by somebody else', 403, async (id: string) => decide(id, await weakToken(tenant, 'oskar'))],
    ['by the app', 403, async (id: string) => decide(id, await appToken(tenant, [scopes.assignments]))],
    [
      'with a token that may only read',
      403,
      async (id: string) => decide(id, await weakToken(tenant, 'lena', scopes.readAssignments)),
    ],
    ['about nothing', 404, async () => decide('00000000-0000-4000-8000-000000000000', await weakToken(tenant, 'lena'))],
    ['that is none', 400, async (id: string) => decide(id, await weakToken(tenant, 'lena'), { reviewResult: 'Maybe' })],
  ] as const)('%s is answered %d', async (_which, status, act) => {
    expect((await act((await asked()).id)).status).toBe(status)
  })

  test.each([
    ['both', 'stages', 204],
    ['both', 'steps', 204],
    ['stages', 'steps', 404],
    ['steps', 'stages', 404],
    ['steps', 'steps', 204],
  ] as const)('where %s are known, at /%s/ it is answered %d', async (approvalPath, segment, status) => {
    tenant.set({ approvalPath })
    const { id } = await asked()
    expect((await decide(id, await weakToken(tenant, 'lena'), ok, segment)).status).toBe(status)
  })
})

describe('an approval', () => {
  test.each([
    ['lena', 200],
    ['ben', 200],
    ['mona', 403],
    ['oskar', 403],
  ])('is shown to %s with %d', async (key, status) => {
    const { id } = await asked()
    const token = await weakToken(tenant, key)
    for (const path of [`${approvals}/${id}`, `${approvals}/${id}/stages`])
      expect((await callGraph(tenant, path, { token })).status).toBe(status)
  })

  test('is unknown by another id, and closed to the app', async () => {
    const { id } = await asked()
    const token = await weakToken(tenant, 'lena')
    expect((await callGraph(tenant, `${approvals}/00000000-0000-4000-8000-000000000000`, { token })).status).toBe(404)
    const app = { token: await appToken(tenant, [scopes.assignments]) }
    expect((await callGraph(tenant, `${approvals}/${id}`, app)).status).toBe(403)
  })

  test.each([
    ['always', true, true],
    ['expanded', false, true],
    ['separate', false, false],
  ] as const)('carries its stages %s', async (approvalStages, bare, expanded) => {
    tenant.set({ approvalStages })
    const { id } = await asked()
    const token = await weakToken(tenant, 'lena')
    const has = async (query: string) =>
      'stages' in (await callGraph(tenant, `${approvals}/${id}${query}`, { token })).body
    expect([await has(''), await has('?$expand=stages')]).toEqual([bare, expanded])
    expect((await callGraph(tenant, `${approvals}/${id}/stages`, { token })).body.value).toHaveLength(1)
  })

  test.each([
    ['approver', 'lena', 1],
    ['target', 'ben', 1],
    ['createdBy', 'ben', 1],
    ['target', 'lena', 0],
  ])('is listed on %s for %s', async (on, key, count) => {
    await asked()
    const token = await weakToken(tenant, key)
    expect(
      (await callGraph(tenant, `${approvals}/filterByCurrentUser(on='${on}')`, { token })).body.value,
    ).toHaveLength(count)
  })

  test.each([
    ['none', null, null],
    ['reviewers', 'Lena Fischer', null],
    ['all', 'Lena Fischer', 'Ben Okafor'],
  ] as const)('names %s', async (identityNames, reviewer, creator) => {
    tenant.set({ identityNames })
    const { id } = await asked()
    tenant.approve(id, 'lena', 'fine')
    expect((await stage(id)).reviewedBy.displayName).toBe(reviewer)
    const token = await weakToken(tenant, 'ben')
    expect((await callGraph(tenant, `${requests}/${id}`, { token })).body.createdBy.user.displayName).toBe(creator)
  })
})
