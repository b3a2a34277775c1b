import { expect, test } from 'vitest'
import { Problem, type ProblemCode } from '../../../src/errors.ts'
import { createUnanswered } from '../../../src/gate/asking/unanswered.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { refusedWith } from './refusals.ts'

const record = { identity: { objectId: 'o' } } as SessionRecord
const policy = refusedWith(53003)

function open({ isWatched = true } = {}) {
  const did: unknown[][] = []
  const note =
    (what: string) =>
    (...facts: unknown[]): never =>
      void did.push([what, ...facts]) as never
  const unanswered = createUnanswered({
    sessions: { destroy: async (...facts) => note('destroyed')(...facts) },
    leases: { pause: async (...facts) => note('paused')(...facts) },
    log: { info: note('info'), warn: note('warn'), error: note('error') } as never,
    ...(isWatched && { blocked: async (...facts) => note('blocked')(...facts) }),
  })
  return { ...unanswered, did, of: (what: string) => did.filter(([each]) => each === what) }
}

test('a session without an answer stays as it was', async () => {
  expect(await open().leave('id', record, new Problem('entra-unreachable'))).toBe('unanswered')
})

test('a session without an answer is left alone by all replicas for a while', async () => {
  const { leave, of } = open()
  await leave('id', record, new Problem('entra-unreachable'))
  expect(of('paused')).toEqual([['paused', 'id', 5_000]])
})

test.for<[ProblemCode, string]>([
  ['entra-unreachable', 'warn'],
  ['too-many-groups', 'warn'],
  ['sign-in-misconfigured', 'error'],
])('the log says of whom Entra gave no answer, and why: %s as %s', async ([code, level], { expect }) => {
  const { leave, did } = open()
  const error = new Problem(code)
  await leave('id', record, error)
  expect(did[0]).toEqual([level, { event: 'recheck-failed', oid: 'o', code, error }])
})

test('Redis that is away is no silence of Entra', async () => {
  const { leave, did } = open()
  const away = new Problem('redis-away')
  await expect(leave('id', record, away)).rejects.toBe(away)
  expect(did).toEqual([])
})

test('a session whose tokens are no longer good is over', async () => {
  expect(await open().end('id', record, { reason: 'no-refresh-token' })).toBe('over')
})

test('a session whose tokens are no longer good is removed', async () => {
  const { end, of } = open()
  await end('id', record, { reason: 'no-refresh-token' })
  expect(of('destroyed')).toEqual([['destroyed', 'id', record.identity]])
})

test('the log says whose session is over, and why', async () => {
  const { end, of } = open()
  const error = refusedWith(50173)
  await end('id', record, { reason: 'revoked', error })
  expect(of('info')).toEqual([['info', { event: 'session-over', oid: 'o', reason: 'revoked', error }]])
})

test('a session that a policy ended is told of', async () => {
  const { end, of } = open()
  await end('id', record, { reason: 'blocked', error: policy })
  expect(of('blocked')).toEqual([['blocked', record, policy]])
})

test('a session that something else ended is not told of as blocked', async () => {
  const { end, of } = open()
  await end('id', record, { reason: 'revoked', error: refusedWith(50173) })
  await end('id', record, { reason: 'no-refresh-token' })
  expect(of('blocked')).toEqual([])
})

test('a session that a policy ended is over where nobody watches for that', async () => {
  expect(await open({ isWatched: false }).end('id', record, { reason: 'blocked', error: policy })).toBe('over')
})
