import { expect, test } from 'vitest'
import { type Audience, decide, type Facts } from '../../src/gate/decide.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import { alice as identity } from '../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const facts: Facts = { identity, membership: 'unknown', contexts: {}, now, trustedMs: 360_000 }
const yes = (age: number, until?: number): Membership => ({
  member: true,
  provenAt: now - age,
  ...(until !== undefined && { until }),
})
const no = (age: number, endedAt?: number): Membership => ({
  member: false,
  provenAt: now - age,
  reason: 'not-in-group',
  ...(endedAt !== undefined && { endedAt }),
})

const policy: [what: string, membership: Membership, outcome: string, reason?: string][] = [
  ['a proof of now', yes(0), 'admit'],
  ['a proof as old as re-check and grace together', yes(360_000), 'admit'],
  ['a proof a moment older', yes(360_001), 'cannot-tell', 'membership-unknown'],
  ['a proof within the tolerance of clocks', yes(-30_000), 'admit'],
  ['a proof from the future', yes(-30_001), 'cannot-tell', 'membership-unknown'],
  ['a proof at no time at all', yes(Number.NaN), 'cannot-tell', 'membership-unknown'],
  ['an end a moment away', yes(0, now + 1), 'admit'],
  ['an end that has come', yes(0, now), 'refuse', 'access-ended'],
  ['an end that has come, while nobody can be asked', yes(400_000, now), 'refuse', 'access-ended'],
  ['an end at no time at all', yes(0, Number.NaN), 'refuse', 'access-ended'],
  ['a no of now', no(0), 'refuse', 'not-a-member'],
  ['an old no', no(400_000), 'refuse', 'not-a-member'],
  ['a no from the future', no(-3_600_000), 'refuse', 'not-a-member'],
  ['a no with the end of what was', no(0, now - 5), 'refuse', 'access-ended'],
  ['nothing known', 'unknown', 'cannot-tell', 'membership-unknown'],
]
test.each(policy)('%s: members are met with %3$s %4$s', (_what, membership, outcome, reason) => {
  expect(decide({ ...facts, membership }, { audience: 'members' })).toMatchObject({
    outcome,
    ...(reason && { reason }),
  })
})

test.each(policy)('%s: a page for all who are signed in does not mind', (_what, membership) => {
  expect(decide({ ...facts, membership }, { audience: 'signed-in' })).toMatchObject({ outcome: 'admit' })
})

test('whoever is admitted is told until when', () => {
  const decision = decide({ ...facts, membership: yes(0, now + 60_000) }, { audience: 'members' })
  expect(decision).toEqual({ outcome: 'admit', person: identity, until: now + 60_000 })
})

test('whoever is refused after an end is told when it was', () => {
  const decision = decide({ ...facts, membership: yes(0, now - 60_000) }, { audience: 'members' })
  expect(decision).toMatchObject({ endedAt: now - 60_000 })
})

test('without any grace a proof counts to its re-check and no longer', () => {
  const outcomeAt = (age: number) =>
    decide({ ...facts, trustedMs: 60_000, membership: yes(age) }, { audience: 'members' }).outcome
  expect([outcomeAt(60_000), outcomeAt(60_001)]).toEqual(['admit', 'cannot-tell'])
})

test.each([
  ['an object that is not a proof', {}],
  ['a yes without a time', { member: true }],
  ['a yes whose time is a text', { member: true, provenAt: 'now' }],
  ['a yes whose end is a text', { member: true, provenAt: now, until: 'later' }],
  ['a member by word', { member: 'true', provenAt: now }],
  ['a member by number', { member: 1, provenAt: now }],
  ['an error', new Error('member')],
])('%s lets nobody in', (_what, membership) => {
  const nonsense = membership as unknown as Membership
  expect(decide({ ...facts, membership: nonsense }, { audience: 'members' }).outcome).not.toBe('admit')
})

test('an audience that does not exist is as closed as that of members', () => {
  const nonsense = { audience: 'everyone' as unknown as Audience }
  expect(decide({ ...facts, membership: no(0) }, nonsense).outcome).not.toBe('admit')
})
