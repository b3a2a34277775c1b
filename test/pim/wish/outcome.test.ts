import { describe, expect, test } from 'vitest'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { isInForce, isLongInForce, outcomeIn, problemIn } from '../../../src/pim/wish/outcome.ts'
import { surelyListedMs } from '../../../src/session/record/plan.ts'
import { hour, wishIn } from './each-state.ts'

const wish = (stage: Activation['stage'], more: Partial<Activation> = {}): Activation => ({
  ...wishIn('kept', 'turn-on', hour),
  request: 'r-1',
  stage,
  ...more,
})

describe('the result of a wish', () => {
  test.each<[Activation['stage'], Partial<Activation>, object]>([
    ['asking', {}, { verdict: 'unanswered' }],
    ['kept', {}, { verdict: 'unanswered' }],
    ['waiting', {}, { verdict: 'waiting' }],
    ['waiting', { status: 'pendingapproval' }, { verdict: 'waiting', status: 'pendingapproval' }],
    ['accepted', {}, { verdict: 'waiting' }],
    ['accepted', { status: 'provisioned' }, { verdict: 'done', status: 'provisioned' }],
    ['accepted', { status: 'pendingprovisioning' }, { verdict: 'waiting', status: 'pendingprovisioning' }],
    ['in', {}, { verdict: 'done' }],
    ['over', { ending: { code: 'denied' } }, { verdict: 'denied', status: 'denied' }],
    ['over', { ending: { code: 'failed' } }, { verdict: 'failed', status: 'failed' }],
    ['over', { status: 'revoked', ending: { code: 'failed' } }, { verdict: 'failed', status: 'revoked' }],
    ['over', {}, { verdict: 'failed' }],
  ])('that is %s (%o) is %o', (stage, more, expected) => {
    expect(outcomeIn(wish(stage, more))).toEqual({ request: 'r-1', ...expected })
  })
  test('says who decided, where that is known', () => {
    const ending = { code: 'denied', by: 'Lena', byId: 'lena', byUsername: 'lena@contoso.example' }
    expect(outcomeIn(wish('over', { ending }))).toMatchObject({
      by: { objectId: 'lena', name: 'Lena', username: 'lena@contoso.example' },
    })
  })
  test('says nothing of somebody without an id', () => {
    expect(outcomeIn(wish('over', { ending: { code: 'denied', by: 'Lena' } }))).not.toHaveProperty('by')
  })
})

test('a wish is in force exactly where its result is that it was done', () => {
  expect([isInForce(wish('in')), isInForce(wish('accepted'))]).toEqual([true, false])
})

describe('a wish is long in force', () => {
  const accepted = wish('accepted', { acceptedAt: hour, status: 'provisioned' })
  test('once lists must show its period', () => {
    expect(isLongInForce(accepted, hour + surelyListedMs - 1)).toBe(false)
    expect(isLongInForce(accepted, hour + surelyListedMs)).toBe(true)
  })
  test('counted from the beginning of an extension', () => {
    const extension = { ...accepted, startsAt: 2 * hour }
    expect(isLongInForce(extension, 2 * hour + surelyListedMs - 1)).toBe(false)
    expect(isLongInForce(extension, 2 * hour + surelyListedMs)).toBe(true)
  })
  test('also where access was on before it', () => {
    const { status: _none, ...wasOn } = { ...accepted, wasOn: true }
    expect(isLongInForce(wasOn, hour + surelyListedMs)).toBe(true)
  })
  test('never where Microsoft only took it', () => {
    expect(isLongInForce({ ...accepted, status: 'pendingprovisioning' }, 9 * hour)).toBe(false)
  })
  test('never where the person is in by now', () =>
    expect(isLongInForce({ ...accepted, stage: 'in' }, 9 * hour)).toBe(false))
  test('at once where nobody wrote down when it was accepted', () => {
    const { acceptedAt: _none, ...bare } = accepted
    expect([isLongInForce(bare, surelyListedMs), isLongInForce(bare, surelyListedMs - 1)]).toEqual([true, false])
  })
})

describe('what went wrong with a wish', () => {
  const problem = pimRefusal('too-long', { longestMinutes: 120 })
  test('is told as it was worded when it came', () => {
    expect(problemIn(wish('over', { ending: { code: 'too-long', problem } }))).toEqual(problem)
  })
  test('is told by its code where nobody worded it', () => {
    expect(problemIn(wish('over', { ending: { code: 'lapsed' } }))).toEqual(pimRefusal('lapsed'))
  })
  test('is that it failed where nothing is known', () => expect(problemIn(wish('over'))).toEqual(pimRefusal('failed')))
})
