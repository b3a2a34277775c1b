import { expect, test } from 'vitest'
import { type Pending, pendingFrom, type SignInPurpose, textOfPending } from '../../src/session/sign-in-record.ts'

const rest = {
  app: 'app',
  attempt: { state: 's', nonce: 'n', verifier: 'v' },
  returnTo: '/refunds/8841',
  retries: 1,
  startedAt: 1_772_452_800_000,
  isAhead: false,
}
const cases: [purpose: SignInPurpose, fields: object][] = [
  [{ kind: 'sign-in' }, {}],
  [{ kind: 'step-up', context: 'c1', person: 'p' }, { stepUp: { context: 'c1', person: 'p' } }],
  [{ kind: 'administering', order: 'o', person: 'p' }, { order: { id: 'o', person: 'p' } }],
  [
    { kind: 'turning-on', activation: 'a', gate: 'operators', person: 'p' },
    { activation: { id: 'a', gate: 'operators', person: 'p' } },
  ],
  [
    {
      kind: 'turning-on',
      activation: 'a',
      gate: 'operators',
      more: [{ activation: 'b', gate: 'members' }],
      person: 'p',
    },
    { activation: { id: 'a', gate: 'operators', more: [{ activation: 'b', gate: 'members' }], person: 'p' } },
  ],
  [
    { kind: 'turning-on', activation: 'a', gate: 'operators', beside: ['members', 'auditors'], person: 'p' },
    { activation: { id: 'a', gate: 'operators', beside: ['members', 'auditors'], person: 'p' } },
  ],
]

test.each(cases)('a sign-in for %j is read as it was written', purpose => {
  const pending: Pending = { ...rest, purpose }
  expect(pendingFrom(textOfPending(pending))).toEqual(pending)
})

test.each(cases)('replicas of other releases know %j by %j', (purpose, fields) => {
  expect(JSON.parse(textOfPending({ ...rest, purpose }))).toEqual({ ...rest, ...fields })
  expect(pendingFrom(JSON.stringify({ ...rest, ...fields }))).toEqual({ ...rest, purpose })
})

test('what the page says once to which it leads back is read as it was written', () => {
  const notice = { text: 'Ada ended your session:', more: 'Lost laptop', tone: 'attention' } as const
  const pending: Pending = { ...rest, purpose: { kind: 'sign-in' }, notice }
  expect(pendingFrom(textOfPending(pending))).toEqual(pending)
})

test.each([
  {},
  { ...rest, retries: 'one' },
  { ...rest, stepUp: { context: 'c1' } },
  { ...rest, order: { id: 'o' } },
  { ...rest, activation: { id: 'a', person: 'p', more: [{ activation: 'b' }] } },
  { ...rest, activation: { id: 'a', person: 'p', beside: 'members' } },
  7,
])('another object is no sign-in: %j', object => {
  expect(pendingFrom(JSON.stringify(object))).toBeUndefined()
})

test('a wish that a release of one gate sent a person to Entra with is one for members', () => {
  const text = JSON.stringify({ ...rest, activation: { id: 'a', person: 'p' } })
  expect(pendingFrom(text)?.purpose).toEqual({ kind: 'turning-on', activation: 'a', gate: 'members', person: 'p' })
})
