import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFirstEnd } from '../../../src/gate/asking/first-end.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Plan } from '../../../src/session/record/plan.ts'
import { no, now, yes } from '../memberships.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** Somebody who has just signed in; `asked` names the sessions for which PIM is asked. */
function signedIn({ membership = yes(0), plan, answer = Promise.resolve() }: Come = {}) {
  const asked: string[] = []
  const record = { identity: {}, membership: 'unknown', ...(plan && { plan }) } as GateRecord
  const firstEnd = createFirstEnd({
    clock: () => new Date(now),
    known: () => membership,
    plans: {
      renew: async id => {
        asked.push(id)
        await answer
        return record
      },
    },
  })
  return { asked, firstEnd: (leftMs?: number) => firstEnd('ana', record, leftMs) }
}
type Come = { membership?: Membership; plan?: Plan; answer?: Promise<unknown> }

test.for<[string, Come, string[]]>([
  ['asked for a member whose end is not known', {}, ['ana']],
  ['asked for a member whose plan is over', { plan: { askedAt: now, until: now } }, ['ana']],
  ['not asked for a member whose plan goes on', { plan: { askedAt: now, until: now + 1 } }, []],
  ['not asked for a member whose end is known', { membership: yes(0, now + 1) }, []],
  ['not asked for somebody outside the group', { membership: no(0) }, []],
  ['not asked for somebody of whom nothing is known', { membership: 'unknown' }, []],
])('PIM is %s', async ([, come, expected]) => {
  const { asked, firstEnd } = signedIn(come)
  await firstEnd()
  expect(asked).toEqual(expected)
})

test('the first page waits for the answer of PIM', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isDone = false
  const waiting = signedIn({ answer: promise })
    .firstEnd()
    .then(() => {
      isDone = true
    })
  await vi.advanceTimersByTimeAsync(999)
  expect(isDone).toBe(false)
  resolve()
  await waiting
})

test.for<[string, number | undefined, number]>([
  ['a second', undefined, 1_000],
  ['a second, however much time is left', 5_000, 1_000],
  ['the time that is left', 200, 200],
])('the first page waits for a slow answer no longer than %s', async ([, leftMs, waitedMs]) => {
  let isDone = false
  signedIn({ answer: new Promise(() => {}) })
    .firstEnd(leftMs)
    .then(() => {
      isDone = true
    })
  await vi.advanceTimersByTimeAsync(waitedMs - 1)
  expect(isDone).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(isDone).toBe(true)
})

test('the first page is shown although PIM could not be asked', async () => {
  await expect(signedIn({ answer: Promise.reject(new Error('away')) }).firstEnd()).resolves.toBeUndefined()
})
