import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import type { Approval } from '../../src/entra/pim/approvals.ts'
import type { Pim } from '../../src/entra/pim/pim.ts'
import { defaultRules } from '../../src/entra/pim/policy.ts'
import type { Roster } from '../../src/gate/news/roster.ts'
import { createApprovals } from '../../src/pim/approvals.ts'
import { openAtPim } from './at-pim.ts'
import { firstRequest, start } from './bens.ts'

const minute = 60_000
const day = 24 * 60 * minute
const lena = {
  sessionId: 'session',
  identity: { tenantId: 't', objectId: 'lena', subject: 's', name: 'Lena Fischer', username: 'lena@contoso.example' },
}
const pending = { ...firstRequest, id: 'r-9', status: 'pendingapproval' as const, createdAt: start }
const undecided: Approval = { id: 'r-9', stages: [] }
const denied: Approval = {
  id: 'r-9',
  stages: [{ id: 's', status: '', result: 'deny', assignedToMe: false, reviewedBy: { name: 'Ada Nakamura' } }],
}

/** Ben's request before Lena, in a tenant that answers like this; and the decisions that were sent to it. */
function openApprovals(answers: Partial<Pim> = {}, members?: Roster['members']) {
  const decided: unknown[] = []
  const parts = openAtPim({
    requests: async () => [pending],
    approval: async () => undecided,
    rules: async () => ({ ...defaultRules, commentNeeded: false }),
    async decide(_token, _id, decision) {
      decided.push(decision)
    },
    ...answers,
  })
  const approvals = createApprovals({
    ...parts,
    acts: (_who, _facts, work) => work(),
    findOut: async () => ({ open: [], hasEnded: false }),
    roster: () => members && { askedAt: start, members, ended: {} },
  })
  return { ...parts, ...approvals, decided }
}
const commentMissing = { kind: 'form', errors: { comment: expect.stringMatching(/^Say why/) } }

describe('a decision', () => {
  test.each([
    [true, ' Agreed with Lee '],
    [true, ''],
    [false, 'Use staging for this'],
  ])('is sent (approve: %s, comment: "%s") where the policy needs no comment', async (approve, comment) => {
    const { decide, decided } = openApprovals()
    expect(await decide(lena, 'r-9', { approve, comment })).toEqual({ kind: 'done' })
    expect(decided).toEqual([{ approve, comment: comment.trim() }])
  })
  test('to deny needs a comment, also where the policy needs none', async () => {
    const { decide, decided } = openApprovals()
    expect(await decide(lena, 'r-9', { approve: false, comment: ' ' })).toEqual(commentMissing)
    expect(decided).toEqual([])
  })
  test('to approve needs a comment where the policy cannot be read', async () => {
    const { decide, decided } = openApprovals({ rules: () => Promise.reject(new GraphRefusal('Denied')) })
    expect(await decide(lena, 'r-9', { approve: true, comment: '' })).toEqual(commentMissing)
    expect(decided).toEqual([])
  })
  test('that somebody else made is shown, and nothing is sent', async () => {
    const { decide, decided } = openApprovals({ approval: async () => denied })
    const answer = await decide(lena, 'r-9', { approve: true, comment: 'ok' })
    expect(answer).toMatchObject({ kind: 'handled', request: { result: 'denied', handledBy: 'Ada Nakamura' } })
    expect(decided).toEqual([])
  })
})

test('a request that nobody answered for a day has lapsed, though PIM still calls it pending', async () => {
  const { one, pass } = openApprovals()
  pass(day - 1)
  expect((await one(lena, 'r-9'))?.state).toBe('waiting')
  pass(1)
  expect(await one(lena, 'r-9')).toMatchObject({ state: 'handled', result: 'lapsed' })
})

test('those who are also in are neither the asker nor people whose time is up', async () => {
  const members = { ben: {}, alice: { until: start + 1 }, kim: {}, gone: { until: start } }
  const { one } = openApprovals({ nameOf: async (_token, { id }) => id }, members)
  expect((await one(lena, 'r-9'))?.alsoIn).toEqual([{ name: 'alice', until: start + 1 }, { name: 'kim' }])
})

test('nobody says who else is in where the application has no list of the group', async () => {
  expect(await openApprovals().one(lena, 'r-9')).not.toHaveProperty('alsoIn')
})
