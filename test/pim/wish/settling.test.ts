import { describe, expect, test } from 'vitest'
import { approvalLifeMs } from '../../../src/entra/pim/limits.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { settledBy, settledByRefusal } from '../../../src/pim/wish/settling.ts'
import { firstRequest, start } from '../bens.ts'
import { wishIn } from './each-state.ts'

const minute = 60_000
const asking = wishIn('asking', 'turn-on', start)
const waiting = wishIn('waiting', 'turn-on', start)
const shown = (status: PimRequest['status'], more: Partial<PimRequest> = {}) => ({
  ...firstRequest,
  createdAt: start,
  status,
  ...more,
})

describe('a wish whose request PIM shows', () => {
  test.each(['pendingapproval', 'pendingadmindecision'] as const)('waits where that is %s', status => {
    expect(settledBy(shown(status), asking, start)).toEqual({ ...asking, stage: 'waiting', request: 'r-1', status })
  })
  test.each(['granted', 'provisioned', 'pendingprovisioning', 'other'] as const)(
    'is accepted where that is %s',
    status => {
      const accepted = { ...asking, stage: 'accepted', acceptedAt: start + 5, request: 'r-1', status }
      expect(settledBy(shown(status), asking, start + 5)).toEqual(accepted)
    },
  )
  test('was accepted when that was first known', () => {
    const before = { ...asking, acceptedAt: start }
    expect(settledBy(shown('granted'), before, start + 5)).toMatchObject({ acceptedAt: start })
  })
  test.each([
    ['denied', 'denied'],
    ['canceled', 'cancelled'],
    ['failed', 'failed'],
    ['revoked', 'failed'],
  ] as const)('is over where that is %s', (status, code) => {
    const over = { ...asking, stage: 'over', ending: { code }, request: 'r-1', status }
    expect(settledBy(shown(status), asking, start)).toEqual(over)
  })

  const lapsesAt = start + approvalLifeMs - minute
  const codeOf = (wish: Activation, now: number) => settledBy(shown('failed'), wish, now).ending?.code
  test('has lapsed where it waited for a day, by a clock that may be a minute behind', () => {
    expect([codeOf(waiting, lapsesAt - 1), codeOf(waiting, lapsesAt)]).toEqual(['failed', 'lapsed'])
  })
  test('has not lapsed where it never waited', () => expect(codeOf(asking, lapsesAt)).toBe('failed'))
})

describe('what was asked for', () => {
  const asked = { reason: 'In the portal', ticket: 'INC-1', minutes: 30 }
  const { request: _none, ...unknown } = waiting
  test('is what the request says that was waiting already', () => {
    expect(settledBy(shown('pendingapproval', asked), unknown, start).wish).toEqual(asked)
  })
  test('is what was asked for here, as far as that request does not say it', () => {
    const { reason: _reason, minutes: _minutes, ...wordless } = shown('pendingapproval')
    expect(settledBy(wordless, { ...unknown, wish: { ...unknown.wish, ticket: 'INC-2' } }, start).wish).toStrictEqual({
      reason: unknown.wish.reason,
      minutes: 60,
    })
  })
  test('is what was asked for here, where the request is known', () => {
    expect(settledBy(shown('pendingapproval', asked), { ...waiting, request: 'r-1' }, start).wish).toEqual(waiting.wish)
  })
  test('is what was asked for here, where it was only sent', () => {
    expect(settledBy(shown('pendingapproval', asked), asking, start).wish).toEqual(asking.wish)
  })
})

describe('a wish that PIM refused', () => {
  test('is accepted where access was turned on elsewhere', () => {
    const accepted = { ...asking, stage: 'accepted', acceptedAt: start, wasOn: true }
    expect(settledByRefusal(pimRefusal('already-on'), asking, start)).toEqual(accepted)
  })
  test('is over where an extension is not taken beside what is on', () => {
    const extension = wishIn('asking', 'extend', start)
    expect(settledByRefusal(pimRefusal('already-on'), extension, start)).toMatchObject({ stage: 'over' })
  })
  test('waits where another request waits already', () => {
    expect(settledByRefusal(pimRefusal('already-waiting'), asking, start)).toEqual({ ...asking, stage: 'waiting' })
  })
  test('is over for every other reason, in the words in which it came', () => {
    const problem = pimRefusal('not-eligible')
    const ending = { code: 'not-eligible', at: start, problem }
    expect(settledByRefusal(problem, asking, start)).toEqual({ ...asking, stage: 'over', ending })
  })
})
