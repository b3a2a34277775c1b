import { describe, expect, test } from 'vitest'
import { nothingKnown } from '../../../infra/azure/model/known.ts'
import { durationOf, hoursOf } from '../../../infra/azure/things/durations.ts'
import { ruleChanges } from '../../../infra/azure/things/rule-changes.ts'
import { type RulesView, rulesAfter } from '../../../infra/azure/things/rules-view.ts'
import type { GateWish } from '../../../infra/azure/wish/tenant-wish.ts'
import { wished } from '../wished.ts'

const [members] = wished().gates as [GateWish]
const asking = (activation: object): GateWish => ({ ...members, activation: { ...members.activation, ...activation } })
const standing: RulesView = {
  hours: 8,
  justification: true,
  ticket: false,
  mfa: false,
  context: null,
  approvers: null,
  notify: [],
  permanentEligible: false,
  permanentActive: false,
}
const known = {
  ...nothingKnown(),
  people: new Map([['lena@contoso.example', 'lena-id']]),
  groups: new Map([['Approvers', 'group-id']]),
}

test.each([
  [0.5, 'PT30M'],
  [1, 'PT1H'],
  [8, 'PT8H'],
  [8.5, 'PT8H30M'],
  [24, 'P1D'],
])('%d hours are %s', (hours, duration) => {
  expect(durationOf(hours)).toBe(duration)
  expect(hoursOf(duration)).toBe(hours)
})

test('a duration that others wrote is read to the second', () => expect(hoursOf('P1DT2H30M36S')).toBe(26.51))

describe('what tenant.json is silent about stays', () => {
  test.each([
    ['a justification', { justification: true }, asking({ justification: false }), { justification: true }],
    ['a ticket', { ticket: true }, members, { ticket: true }],
    ['MFA, without a context', { mfa: true }, asking({ context: undefined }), { mfa: true }],
    ['a context', { context: 'c9' }, asking({ context: undefined }), { context: 'c9' }],
    [
      'an approval',
      { approvers: { users: ['someone'], groups: [] } },
      members,
      { approvers: { users: ['someone'], groups: [] } },
    ],
    [
      'an approver beside others',
      { approvers: { users: ['someone'], groups: [] } },
      asking({ approvers: { users: ['lena@contoso.example'], groups: [] } }),
      { approvers: { users: ['someone', 'lena@contoso.example'], groups: [] } },
    ],
    [
      'a mail',
      { notify: ['a@x.example'] },
      asking({ notify: ['b@x.example'] }),
      { notify: ['a@x.example', 'b@x.example'] },
    ],
  ])('%s', (_what, before, gate, after) => {
    expect(rulesAfter({ ...standing, ...before }, gate)).toMatchObject(after)
  })
})

test('MFA gives way to a context', () => {
  expect(rulesAfter({ ...standing, mfa: true }, members)).toMatchObject({ mfa: false, context: 'c1' })
})

test('an end is no longer demanded only where somebody is to have none', () => {
  const [eligible] = members.eligible as [GateWish['eligible'][number]]
  const gate = { ...members, eligible: [{ ...eligible, until: undefined, permanent: true }] }
  expect(rulesAfter(standing, gate)).toMatchObject({ permanentEligible: true, permanentActive: false })
  expect(rulesAfter(standing, members)).toMatchObject({ permanentEligible: false, permanentActive: false })
})

describe('the rules that are written', () => {
  const changes = (before: RulesView | undefined, after: RulesView) => ruleChanges(before, { after, known })
  const ids = (before: RulesView | undefined, after: RulesView) => changes(before, after).map(({ id }) => id)

  test('are those that differ', () => {
    expect(ids(standing, standing)).toEqual([])
    expect(ids(standing, { ...standing, hours: 4 })).toEqual(['Expiration_EndUser_Assignment'])
    expect(ids(standing, { ...standing, permanentActive: true })).toEqual(['Expiration_Admin_Assignment'])
  })
  test('take MFA out before the context goes in', () => {
    expect(ids({ ...standing, mfa: true }, { ...standing, context: 'c1' })).toEqual([
      'Enablement_EndUser_Assignment',
      'AuthenticationContext_EndUser_Assignment',
    ])
  })
  test('name approvers by their ids, and keep what the rule says beside', () => {
    const approvers = { users: ['lena@contoso.example'], groups: ['Approvers'] }
    const [change] = changes(standing, { ...standing, approvers })
    const setting = {
      isApprovalRequired: false,
      isRequestorJustificationRequired: false,
      approvalStages: [{ approvalStageTimeOutInDays: 1, primaryApprovers: [] }],
    }
    expect(change?.change({ id: 'Approval_EndUser_Assignment', setting })).toMatchObject({
      setting: {
        isApprovalRequired: true,
        isRequestorJustificationRequired: false,
        approvalStages: [
          {
            primaryApprovers: [
              { '@odata.type': '#microsoft.graph.singleUser', userId: 'lena-id' },
              { '@odata.type': '#microsoft.graph.groupMembers', groupId: 'group-id' },
            ],
          },
        ],
      },
    })
  })
})
