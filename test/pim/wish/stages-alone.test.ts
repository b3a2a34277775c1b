import { describe, expect, test } from 'vitest'
import { isNotExtended, isOnItsWay, shownOf, stateOf } from '../../../src/pim/wish/stages.ts'
import { hour, seen, states, wishIn } from './each-state.ts'

test.each(states)('a wish that is %s is shown as its row says', state => expect(shownOf[state]).toEqual(seen[state]))
test.each(states)('a wish that is written down as %s is read as that', state => {
  expect(stateOf(wishIn(state, 'turn-on', hour), hour)).toBe(state)
})
test.each(states)('a wish that is %s is on its way exactly where the progress page shows it as that', state => {
  const isShown = ['asking', 'waiting', 'accepted'].includes(seen[state].progress)
  expect(isOnItsWay(wishIn(state, 'turn-on', hour), hour)).toBe(isShown)
})

test('nobody without a wish has one that is on its way', () => expect(isOnItsWay(undefined, hour)).toBe(false))
test('a wish whose access was ended elsewhere is one that was ended', () => {
  const ended = { ...wishIn('ended', 'turn-on', hour), ending: { code: 'ended-elsewhere' } }
  expect(stateOf(ended, hour)).toBe('ended')
})

describe('an accepted wish runs out', () => {
  const { acceptedAt: _at, ...bare } = wishIn('accepted', 'turn-on', 0)
  test('when its time is up, counted from its acceptance', () => {
    const accepted = { ...bare, acceptedAt: hour }
    expect([stateOf(accepted, 2 * hour - 1), stateOf(accepted, 2 * hour)]).toEqual(['accepted', 'run-out'])
  })
  test('when its time is up, counted from the beginning of an extension', () => {
    const extension = { ...bare, acceptedAt: 0, startsAt: hour }
    expect([stateOf(extension, 2 * hour - 1), stateOf(extension, 2 * hour)]).toEqual(['accepted', 'run-out'])
  })
  test('at once where nobody wrote down when it was accepted', () => expect(stateOf(bare, hour)).toBe('run-out'))
})

describe('an extension came to nothing', () => {
  const extension = wishIn('refused', 'extend', hour)
  test('until the period that it was to follow ends', () => {
    expect([isNotExtended(extension, 2 * hour - 1), isNotExtended(extension, 2 * hour)]).toEqual([true, false])
  })
  test('only where it is over', () => expect(isNotExtended({ ...extension, stage: 'asking' }, hour)).toBe(false))
  test('only where it is an extension', () =>
    expect(isNotExtended({ ...extension, kind: 'turn-on' }, hour)).toBe(false))
  test('in no period where nobody wrote down when it was to begin', () => {
    const { startsAt: _at, ...bare } = extension
    expect(isNotExtended(bare, 0)).toBe(false)
  })
})
