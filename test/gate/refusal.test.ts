import type { Response } from 'express'
import { expect, test } from 'vitest'
import type { Decision } from '../../src/gate/decide.ts'
import { problemFor, redisAway } from '../../src/gate/refusal.ts'

/** What is said, and logged, of a decision at operators, where these gates would open the page. */
function refused(decision: Decision, opening: readonly string[]) {
  const logged: object[] = []
  const response = { locals: { oid: 'o', log: { info: (line: object) => void logged.push(line) } } }
  const { code, facts } = problemFor(decision, { gate: 'operators', opening }, response as unknown as Response)
  return { code, facts, logged }
}
const never: Decision = { outcome: 'refuse', reason: 'not-a-member' }

test('a refusal names the gate that refused, and the other gates of the page', () => {
  expect(refused(never, ['auditors', 'operators', 'members'])).toEqual({
    code: 'not-a-member',
    facts: { gate: 'operators', otherGates: ['auditors', 'members'] },
    logged: [{ event: 'refused', outcome: 'refuse', reason: 'not-a-member', gate: 'operators', oid: 'o' }],
  })
})

test('a refusal at a page of one gate names no other', () => {
  expect(refused(never, ['operators']).facts).toEqual({ gate: 'operators' })
})

test.each<Decision>([
  { outcome: 'cannot-tell', reason: 'membership-unknown' },
  { outcome: 'step-up', reason: 'auth-context-missing', context: 'c1' },
])('what the other gates would offer does not matter where the outcome is $outcome', decision => {
  expect(refused(decision, ['operators', 'members']).facts).not.toHaveProperty('otherGates')
})

test('somebody who is not signed in is told so, and nothing is logged', () => {
  const { code, facts, logged } = refused({ outcome: 'sign-in', reason: 'not-signed-in' }, ['operators', 'members'])
  expect([code, facts, logged]).toEqual(['not-signed-in', {}, []])
})

test('where Redis kept us from telling, Redis is to blame', () => {
  const logged: object[] = []
  const response = { locals: { oid: 'o', log: { info: (line: object) => void logged.push(line) } } }
  expect(redisAway('operators', response as unknown as Response).code).toBe('redis-away')
  expect(logged).toEqual([
    { event: 'refused', outcome: 'cannot-tell', reason: 'redis-away', gate: 'operators', oid: 'o' },
  ])
})
