import { describe, expect, test } from 'vitest'
import type { Graph } from '../../../src/entra/graph/graph.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { createPimAdministration } from '../../../src/entra/pim/administration.ts'
import { defaultGivingRules } from '../../../src/entra/pim/giving-rules.ts'

const groupId = '7d2f4c81-a9e6-4037-b5c8-1e6b0f93d24a'
const ben = '0d92f7b4-51c3-4e8f-a7d6-3b9c1e5f8a42'
const reason = 'Joins the refunds rota'
const until = Date.parse('2026-05-31T12:00:00Z')
const row = {
  id: 'r-1',
  groupId,
  accessId: 'Member',
  principalId: ben,
  action: 'AdminAssign',
  status: 'Provisioned',
  createdDateTime: '2026-03-02T12:00:00Z',
}

/** PIM for one group, over a Graph that answers like this. */
function openPim(answer: unknown = row) {
  const calls: unknown[] = []
  let forgotten = 0
  const answering = async (...call: unknown[]) => {
    calls.push(call)
    if (answer instanceof Error) throw answer
    return answer
  }
  const pim = createPimAdministration({
    graph: { call: answering, list: answering } as unknown as Graph,
    base: '/pim',
    groupId,
    rules: async () => defaultGivingRules,
    forget: () => {
      forgotten += 1
    },
  })
  return { pim, calls, forgotten: () => forgotten }
}
const asked = { kind: 'eligible', principalId: ben, reason } as const

describe('an act of an administrator', () => {
  test('is sent with all that it says, and waits longer than a question', async () => {
    const { pim, calls } = openPim()
    const made = await pim.assign('token', { ...asked, ticket: 'CHG-1', until })
    expect(made).toMatchObject({ id: 'r-1', status: 'provisioned', principalId: ben, action: 'adminassign' })
    expect(calls).toEqual([
      [
        '/pim/eligibilityScheduleRequests',
        'token',
        {
          method: 'POST',
          success: 201,
          limitMs: 10_000,
          body: {
            accessId: 'member',
            groupId,
            principalId: ben,
            action: 'adminAssign',
            isValidationOnly: false,
            justification: reason,
            scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime: '2026-05-31T12:00:00.000Z' } },
            ticketInfo: { ticketNumber: 'CHG-1', ticketSystem: 'Gatehouse' },
          },
        },
      ],
    ])
  })

  test.each([
    ['assign', 'adminAssign'],
    ['update', 'adminUpdate'],
    ['extend', 'adminExtend'],
  ] as const)('%s without an end asks for none', async (act, action) => {
    const { pim, calls } = openPim({ ...row, action })
    await pim[act]('token', { ...asked, kind: 'active' })
    expect(calls[0]).toMatchObject([
      '/pim/assignmentScheduleRequests',
      'token',
      { body: { action, scheduleInfo: { expiration: { type: 'noExpiration' } } } },
    ])
  })

  test('that takes away has no schedule and no empty ticket', async () => {
    const { pim, calls } = openPim({ ...row, action: 'adminRemove', status: 'Revoked' })
    expect((await pim.remove('token', asked)).status).toBe('revoked')
    const [[, , { body }]] = calls as [[string, string, { body: object }]]
    expect(Object.keys(body)).toEqual([
      'accessId',
      'groupId',
      'principalId',
      'action',
      'isValidationOnly',
      'justification',
    ])
  })

  test.each([
    ['another person', { principalId: groupId }],
    ['another group', { groupId: ben }],
    ['owners', { accessId: 'owner' }],
    ['another act', { action: 'adminRemove' }],
    ['no status', { status: undefined }],
  ])('whose answer is about %s may have happened', async (_what, more) => {
    await expect(openPim({ ...row, ...more }).pim.assign('token', asked)).rejects.toThrow(NoAnswer)
  })

  test('that failed makes the policy be read anew, and is not sent again', async () => {
    const at = openPim(new GraphRefusal('RoleAssignmentExists', { status: 400 }))
    await expect(at.pim.assign('token', asked)).rejects.toThrow('RoleAssignmentExists')
    expect([at.calls.length, at.forgotten()]).toEqual([1, 1])
    const good = openPim()
    await good.pim.assign('token', asked)
    expect(good.forgotten()).toBe(0)
  })
})

describe('the lists of an administrator', () => {
  test('of requests are those about one person, newest first', async () => {
    const { pim, calls } = openPim([
      row,
      { ...row, id: 'r-2', createdDateTime: '2026-03-02T13:00:00Z' },
      { ...row, id: 'r-3', principalId: groupId },
      { ...row, id: 'r-4', accessId: 'owner' },
    ])
    expect((await pim.requests('token', asked)).map(({ id }) => id)).toEqual(['r-2', 'r-1'])
    expect(calls).toEqual([
      [
        `/pim/eligibilityScheduleRequests?$filter=${encodeURIComponent(`groupId eq '${groupId}' and principalId eq '${ben}'`)}`,
        'token',
      ],
    ])
    await expect(pim.requests('token', { ...asked, principalId: "x' or '" })).rejects.toThrow('shape')
  })

  test('of those who have access say until when, and whether they turned it on', async () => {
    const { pim, calls } = openPim([
      {
        ...row,
        startDateTime: '1970-01-01T00:00:05Z',
        endDateTime: '1970-01-01T00:00:09Z',
        assignmentType: 'Activated',
      },
      { ...row, startDateTime: null, endDateTime: null, assignmentType: 'assigned' },
      { ...row, startDateTime: '0001-01-01T00:00:00Z' },
    ])
    expect(await pim.held('token', 'active')).toEqual([
      { principalId: ben, from: 5_000, until: 9_000, isTurnedOn: true },
      { principalId: ben, from: 0, isTurnedOn: false },
      { principalId: ben, from: 0, isTurnedOn: false },
    ])
    expect(calls).toEqual([
      [`/pim/assignmentScheduleInstances?$filter=${encodeURIComponent(`groupId eq '${groupId}'`)}`, 'token'],
    ])
  })
})
