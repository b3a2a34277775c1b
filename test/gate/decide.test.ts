import { expect, test } from 'vitest'
import { type Audience, decide as decideAll, type Facts, gatesOf, type Requirement } from '../../src/gate/decide.ts'
import { alice as identity } from '../support/alice.ts'

const provenAt = Date.parse('2026-03-02T12:00:00Z')
const member = { member: true, provenAt } as const
const outsider = { member: false, provenAt, reason: 'not-in-group' } as const

type Known = Pick<Facts, 'identity' | 'membership'>
const decide = (known: Known, requirement: Requirement) =>
  decideAll({ contexts: {}, now: provenAt, trustedMs: 360_000, ...known }, requirement)

const policy: [who: string, facts: Known, audience: Audience, outcome: string, reason?: string][] = [
  ['nobody', { identity: undefined, membership: 'unknown' }, 'signed-in', 'sign-in', 'not-signed-in'],
  ['nobody', { identity: undefined, membership: 'unknown' }, 'members', 'sign-in', 'not-signed-in'],
  ['nobody with a membership', { identity: undefined, membership: member }, 'members', 'sign-in', 'not-signed-in'],
  ['an outsider', { identity, membership: outsider }, 'signed-in', 'admit'],
  ['an outsider', { identity, membership: outsider }, 'members', 'refuse', 'not-a-member'],
  ['someone we cannot tell about', { identity, membership: 'unknown' }, 'signed-in', 'admit'],
  ['someone we cannot tell about', { identity, membership: 'unknown' }, 'members', 'cannot-tell', 'membership-unknown'],
  ['a member', { identity, membership: member }, 'signed-in', 'admit'],
  ['a member', { identity, membership: member }, 'members', 'admit'],
]

test.each(policy)('%s %j at a page for %s: %s', (_who, facts, audience, outcome, reason) => {
  expect(decide(facts, { audience })).toMatchObject({ outcome, ...(reason && { reason }) })
})

test.each<[who: string, audience: Audience, gates: string[]]>([
  ['everyone who is signed in is opened by no gate', 'signed-in', []],
  ['the members of a gate is opened by that gate', 'operators', ['operators']],
  ['the members of several gates is opened by each', ['operators', 'auditors'], ['operators', 'auditors']],
])('a page for %s', (_who, audience, gates) => {
  expect(gatesOf({ audience })).toEqual(gates)
})

test('who is admitted is the person Entra named', () => {
  expect(decide({ identity, membership: member }, { audience: 'members' })).toEqual({
    outcome: 'admit',
    person: identity,
  })
})

test.each([
  ['an object that is not a proof', {}],
  ['a member by word', { member: 'true', provenAt }],
  ['a member by number', { member: 1, provenAt }],
  ['an error', new Error('member')],
])('%s lets nobody in', (_what, membership) => {
  const facts = { identity, membership } as unknown as Known
  expect(decide(facts, { audience: 'members' })).toMatchObject({ outcome: 'refuse' })
})

test('an audience that does not exist is as closed as that of members', () => {
  const nonsense = { audience: 'everyone' as unknown as Audience }
  expect(decide({ identity, membership: outsider }, nonsense)).toMatchObject({ outcome: 'refuse' })
})

test.each([
  ['ran-out', true],
  ['ended', false],
] as const)('of access that %s it is said that its time was up: %s', (reason, ranOut) => {
  const endedAt = provenAt - 1_000
  const facts = { identity, membership: { ...outsider, reason, endedAt } } as const
  expect(decide(facts, { audience: 'members' })).toEqual({ outcome: 'refuse', reason: 'access-ended', endedAt, ranOut })
})

test('of a member whose known end has come it is said that its time was up', () => {
  const facts = { identity, membership: { ...member, until: provenAt } }
  expect(decide(facts, { audience: 'members' })).toMatchObject({ reason: 'access-ended', ranOut: true })
})

test.each([
  ['nothing is known', 'unknown' as const],
  ['what was known is too old', { ...member, provenAt: provenAt - 360_001 }],
])('of someone in too many groups to look up it is said so when %s', (_what, membership) => {
  const facts = { identity, membership, isUnlisted: true }
  expect(decide(facts, { audience: 'members' })).toEqual({ outcome: 'cannot-tell', reason: 'too-many-groups' })
})
