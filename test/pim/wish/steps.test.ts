import { describe, expect, test } from 'vitest'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import { endedAs, underWay } from '../../../src/pim/wish/steps.ts'
import { hour, wishIn } from './each-state.ts'

const { askedAt: _at, ...bare } = wishIn('asking', 'turn-on', hour)
const shown = { step: 'asking', kind: 'turn-on', since: hour, isInForce: false, minutes: 60, returnTo: '/' }

describe('a wish that is under way is shown', () => {
  test('with no more than is known', () => expect(underWay('asking', bare)).toStrictEqual(shown))
  test('with all that is known', () => {
    const known = { acceptedAt: 3, steppedUpAt: 2, wasOn: true }
    const wish = { ...bare, ...known, stage: 'accepted' as const, status: 'granted', request: 'r-1', askedAt: 1 }
    expect(underWay('accepted', wish)).toStrictEqual({
      ...shown,
      ...known,
      step: 'accepted',
      since: 1,
      isInForce: true,
      reference: 'r-1',
    })
  })
  test('since it was accepted, where nobody wrote down when it was sent', () => {
    expect(underWay('accepted', { ...bare, acceptedAt: 3 })).toMatchObject({ since: 3 })
  })
})

describe('a wish that is over is shown', () => {
  const over = wishIn('denied', 'extend', hour)
  test.each(['none', 'lapsed', 'cancelled'] as const)('as no more than that (%s)', step => {
    expect(endedAs(step, over)).toStrictEqual({ step, kind: 'extend', returnTo: '/' })
  })
  test('with what went wrong, where it was refused', () => {
    const refused = { ...over, ending: { code: 'not-eligible' } }
    const problem = pimRefusal('not-eligible')
    expect(endedAs('refused', refused)).toStrictEqual({ step: 'refused', kind: 'extend', problem, returnTo: '/' })
  })
  test('with who denied it, when, and why', () => {
    const said = { by: 'Lena', at: 5, comment: 'Not today' }
    const denied = { ...over, ending: { code: 'denied', ...said } }
    expect(endedAs('denied', denied)).toStrictEqual({ step: 'denied', kind: 'extend', returnTo: '/', ...said })
  })
  test('without who denied it, where nobody knows that', () => {
    const unknown = { step: 'denied', kind: 'extend', returnTo: '/' }
    const { ending: _none, ...endless } = over
    expect([endedAs('denied', over), endedAs('denied', endless)]).toStrictEqual([unknown, unknown])
  })
})
