import { expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { createSeenOfActs } from '../../../src/pim/acts/seen.ts'
import { who } from '../bens.ts'

function open() {
  const seen: unknown[] = []
  const noting = (event: string) => (facts: object) => void seen.push([event, facts])
  const observations = { effective: noting('effective'), lapsed: noting('lapsed'), refused: noting('refused') }
  return { seen, of: createSeenOfActs('operators', observations) }
}
const at = { gate: 'operators', actor: who.identity, act: 'an-act' }

test.each([
  [4_499, 4],
  [4_500, 5],
  [-2_000, 0],
])('access that is on %i ms after Microsoft accepted it was on after %i seconds', (ms, seconds) => {
  const { of, seen } = open()
  of.effective(who, { id: 'an-act' }, ms)
  expect(seen).toEqual([['effective', { ...at, seconds }]])
})

test('a request that lapsed is told with Microsoft’s id of it', () => {
  const { of, seen } = open()
  of.lapsed(who, { id: 'an-act', request: 'r-2' })
  expect(seen).toEqual([['lapsed', { ...at, request: 'r-2' }]])
})

test('a refusal by the policy is told with its rules', () => {
  const { of, seen } = open()
  const rules = ['ExpirationRule', 'TicketingRule']
  of.refused(who, { id: 'an-act' }, new GraphRefusal('RoleAssignmentRequestPolicyValidationFailed', { rules }))
  const code = 'RoleAssignmentRequestPolicyValidationFailed'
  expect(seen).toEqual([['refused', { ...at, code, rule: 'ExpirationRule TicketingRule' }]])
})

test.each([new GraphRefusal('RoleAssignmentExists'), new Error('broken')])('%s is no refusal by the policy', thrown => {
  const { of, seen } = open()
  of.refused(who, { id: 'an-act' }, thrown)
  expect(seen).toEqual([])
})
