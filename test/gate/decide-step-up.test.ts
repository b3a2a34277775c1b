import { expect, test } from 'vitest'
import { decide, type Facts, type Requirement } from '../../src/gate/decide.ts'
import { alice as identity } from '../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const minutes = (count: number) => count * 60_000
const facts: Facts = {
  identity,
  membership: { member: true, provenAt: now },
  contexts: {},
  now,
  trustedMs: minutes(6),
  gateContext: 'c1',
  contextMs: minutes(600),
}
const members: Requirement = { audience: 'members' }
const danger: Requirement = { audience: 'members', stepUp: { context: 'c2', maxAgeMinutes: 15 } }
const signedIn: Requirement = { audience: 'signed-in' }

type Contexts = Facts['contexts']
const policy: [what: string, expected: string, requirement: Requirement, contexts: Contexts][] = [
  ['no context met', 'c1', members, {}],
  ['the context met now', 'admit', members, { c1: now }],
  ['the context met as long ago as a session may last', 'admit', members, { c1: now - minutes(600) }],
  ['the context met longer ago than that', 'c1', members, { c1: now - minutes(600) - 1 }],
  ['another context met', 'c1', members, { c10: now, C1: now, c11: now }],
  [
    'a name that every object has',
    'constructor',
    { audience: 'members', stepUp: { context: 'constructor' } },
    { c1: now },
  ],
  ['a context met in the future', 'c1', members, { c1: now + 30_001 }],
  ['a context met within the tolerance of clocks', 'admit', members, { c1: now + 30_000 }],
  ["neither the house's nor the page's context", 'c1', danger, {}],
  ["the page's context only", 'c1', danger, { c2: now }],
  ["the house's context only", 'c2', danger, { c1: now }],
  ['both', 'admit', danger, { c1: now, c2: now }],
  ["the page's context at its greatest age", 'admit', danger, { c1: now, c2: now - minutes(15) }],
  ["the page's context a moment older", 'c2', danger, { c1: now, c2: now - minutes(15) - 1 }],
  ['nothing met, at a page for all who are signed in', 'admit', signedIn, {}],
  ['nothing met, there, with a check of its own', 'c2', { ...signedIn, stepUp: { context: 'c2' } }, {}],
]

test.each(policy)('%s: %s', (_what, expected, requirement, contexts) => {
  const decision = decide({ ...facts, contexts }, requirement)
  const answer = decision.outcome === 'step-up' ? decision.context : decision.outcome
  expect(answer).toBe(expected)
})

test('a context that is missing is named, with the reason', () => {
  const missing = { outcome: 'step-up', reason: 'auth-context-missing', context: 'c1' }
  expect(decide(facts, danger)).toEqual(missing)
})

test('without a context of the house, members need none', () => {
  expect(decide({ ...facts, gateContext: undefined }, members)).toMatchObject({ outcome: 'admit' })
})

const refused: [who: string, change: Partial<Facts>, outcome: string][] = [
  ['nobody', { identity: undefined }, 'sign-in'],
  ['an outsider', { membership: { member: false, provenAt: now, reason: 'not-in-group' } }, 'refuse'],
  ['someone whose access has ended', { membership: { member: true, provenAt: now - 2, until: now - 1 } }, 'refuse'],
  ['someone we cannot tell about', { membership: 'unknown' }, 'cannot-tell'],
]
test.each(refused)('%s is not asked for a context', (_who, change, outcome) => {
  expect(decide({ ...facts, ...change }, danger)).toMatchObject({ outcome })
})
test.each(refused)('a context met does not let %s in', (_who, change, outcome) => {
  expect(decide({ ...facts, ...change, contexts: { c1: now, c2: now } }, danger)).toMatchObject({ outcome })
})
