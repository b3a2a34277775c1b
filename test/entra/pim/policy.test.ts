import { describe, expect, test } from 'vitest'
import { defaultRules, rulesOf } from '../../../src/entra/pim/policy.ts'

const rule = (kind: string, facts: object) => ({ id: `${kind}_EndUser_Assignment`, ...facts })
const ana = '6f1d2c3b-4a59-4867-9768-a1b2c3d4e5f6'
const team = 'e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19'
const single = '#microsoft.graph.singleUser'
const members = '#microsoft.graph.groupMembers'

test('a policy of which nothing is known is the documented default', () => {
  expect(rulesOf([])).toEqual({
    longestMinutes: 480,
    reason: true,
    ticket: false,
    mfa: false,
    approval: false,
    approvers: [],
    commentNeeded: true,
  })
  expect(defaultRules).toEqual(rulesOf([]))
})

describe('the longest time', () => {
  test.each<[string, object, number]>([
    ['as it says', { maximumDuration: 'PT2H', isExpirationRequired: true }, 120],
    ['in days', { maximumDuration: 'P1D', isExpirationRequired: true }, 1440],
    ['without the seconds', { maximumDuration: 'PT90S', isExpirationRequired: true }, 1],
    ['never over a day', { maximumDuration: 'P365D', isExpirationRequired: true }, 1440],
    ['kept even where permanent is allowed', { maximumDuration: 'PT1H', isExpirationRequired: false }, 60],
    ['a day where nothing is said and permanent is allowed', { isExpirationRequired: false }, 1440],
    ['the default where it is null', { maximumDuration: null, isExpirationRequired: true }, 480],
    ['the default where it is no duration', { maximumDuration: 'P1M' }, 480],
    ['the default where it is nothing', { maximumDuration: 'PT0H' }, 480],
    ['the default where it is a number', { maximumDuration: 120 }, 480],
  ])('is %s', (_, facts, minutes) => expect(rulesOf([rule('Expiration', facts)]).longestMinutes).toBe(minutes))

  test('of an administrator’s assignment is another', () => {
    expect(rulesOf([{ id: 'Expiration_Admin_Assignment', maximumDuration: 'PT1H' }]).longestMinutes).toBe(480)
  })
})

describe('what must be given', () => {
  const enabled = (enabledRules: unknown) => {
    const { reason, ticket, mfa } = rulesOf([rule('Enablement', { enabledRules })])
    return { reason, ticket, mfa }
  }
  test.each<[string, unknown, object]>([
    ['nothing', [], { reason: false, ticket: false, mfa: false }],
    ['a reason', ['Justification'], { reason: true, ticket: false, mfa: false }],
    ['all', ['Justification', 'Ticketing', 'MultiFactorAuthentication'], { reason: true, ticket: true, mfa: true }],
    ['in whatever case', ['JUSTIFICATION', 'ticketing'], { reason: true, ticket: true, mfa: false }],
    ['members that nobody knows', ['Ticketing', 7, null, 'Horoscope'], { reason: false, ticket: true, mfa: false }],
    ['null, which is the default', null, { reason: true, ticket: false, mfa: false }],
  ])('is %s', (_, list, expected) => expect(enabled(list)).toEqual(expected))
})

describe('the check', () => {
  const context = (facts: object, enabledRules: string[] = []) => {
    const found = rulesOf([rule('AuthenticationContext', facts), rule('Enablement', { enabledRules })])
    return { context: found.context, mfa: found.mfa }
  }
  test('is the context', () =>
    expect(context({ isEnabled: true, claimValue: 'c1' })).toEqual({ context: 'c1', mfa: false }))
  test('is none when it is off', () =>
    expect(context({ isEnabled: false, claimValue: 'c1' })).toEqual({ context: undefined, mfa: false }))
  test('is the context where the policy asks for both', () =>
    expect(context({ isEnabled: true, claimValue: 'c7' }, ['MultiFactorAuthentication'])).toEqual({
      context: 'c7',
      mfa: false,
    }))
  test.each(['', 'c0', 'c100', 'C1', 'urn:x', 'c1 ', null])('is not a context that cannot be: %s', claimValue =>
    expect(context({ isEnabled: true, claimValue }).context).toBeUndefined(),
  )
})

describe('approval', () => {
  const approval = (setting: unknown) => {
    const { approval: needed, approvers, commentNeeded } = rulesOf([rule('Approval', { setting })])
    return { needed, approvers, commentNeeded }
  }
  const stage = (primaryApprovers: unknown[], more: object = {}) => ({
    isApproverJustificationRequired: true,
    primaryApprovers,
    ...more,
  })

  test('is off with its empty stage', () =>
    expect(approval({ isApprovalRequired: false, approvalStages: [stage([])] })).toMatchObject({
      needed: false,
      approvers: [],
    }))
  test('names nobody while it is off', () =>
    expect(
      approval({ isApprovalRequired: false, approvalStages: [stage([{ '@odata.type': single, userId: ana }])] }),
    ).toMatchObject({ needed: false, approvers: [] }))
  test.each<[string, object, object]>([
    [
      'a person',
      { '@odata.type': single, userId: ana.toUpperCase(), description: 'Ana' },
      { kind: 'user', id: ana, description: 'Ana' },
    ],
    ['a group', { '@odata.type': members, groupId: team, description: null }, { kind: 'group', id: team }],
    ['a person spelt with id', { '@odata.type': single, id: ana, isBackup: false }, { kind: 'user', id: ana }],
    ['a group spelt with id', { '@odata.type': members, id: team }, { kind: 'group', id: team }],
    ['a group without a type', { groupId: team }, { kind: 'group', id: team }],
    ['a person without a type', { userId: ana }, { kind: 'user', id: ana }],
  ])('names %s', (_, named, expected) =>
    expect(approval({ isApprovalRequired: true, approvalStages: [stage([named])] }).approvers).toEqual([expected]),
  )
  test('passes over approvers that it cannot name', () =>
    expect(
      approval({
        isApprovalRequired: true,
        approvalStages: [
          stage([
            null,
            7,
            {},
            { '@odata.type': single, userId: 'ana' },
            { '@odata.type': '#microsoft.graph.requestorManager', managerLevel: 1, id: ana },
            { '@odata.type': single, userId: team },
          ]),
        ],
      }).approvers,
    ).toEqual([{ kind: 'user', id: team }]))
  test('names each approver once', () =>
    expect(
      approval({ isApprovalRequired: true, approvalStages: [stage([{ userId: ana }, { userId: ana }])] }).approvers,
    ).toHaveLength(1))
  test('needs no comment where the stage says so', () =>
    expect(
      approval({ isApprovalRequired: true, approvalStages: [stage([], { isApproverJustificationRequired: false })] })
        .commentNeeded,
    ).toBe(false))
  test.each([null, {}, { isApprovalRequired: 'yes' }, { isApprovalRequired: null, approvalStages: null }])(
    'is off where it cannot be read: %j',
    setting => expect(approval(setting)).toEqual({ needed: false, approvers: [], commentNeeded: true }),
  )
  test('is on though its stages cannot be read', () =>
    expect(approval({ isApprovalRequired: true, approvalStages: 'none' })).toMatchObject({
      needed: true,
      approvers: [],
    }))
})

test('rules that are no rules are passed over', () => {
  const strange = [null, 'x', 7, [], {}, { id: 7 }, rule('Expiration', { maximumDuration: 'PT1H' })]
  expect(rulesOf(strange).longestMinutes).toBe(60)
})
