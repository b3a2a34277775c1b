import { describe, expect, test } from 'vitest'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import { type Activation, activationShape, auditedActOf, mayStillBeSent } from '../../../src/pim/wish/activation.ts'
import { parsedNote } from '../../../src/session/replicas/notes.ts'
import { hour, states, wishIn } from './each-state.ts'

const kept: Activation = { ...wishIn('kept', 'turn-on', hour), keptAt: hour }
const minute = 60_000

test.each([
  ['turn-on', 'activation'],
  ['extend', 'extension'],
] as const)('a wish to %s is in the trail as an %s', (kind, act) => expect(auditedActOf({ ...kept, kind })).toBe(act))

describe('a wish that waits for the person', () => {
  test('may be sent for ten minutes', () => {
    expect(mayStillBeSent(kept, hour + 10 * minute - 1)).toBe(true)
    expect(mayStillBeSent(kept, hour + 10 * minute)).toBe(false)
  })
  test('may not be sent once it was sent', () => expect(mayStillBeSent({ ...kept, stage: 'asking' }, hour)).toBe(false))
})

describe('a wish that is written down', () => {
  const reread = (wish: object) => parsedNote(activationShape, JSON.stringify(wish))
  const whole: Activation = {
    ...kept,
    kind: 'extend',
    wish: { reason: 'Refund 8841', ticket: 'INC-1', minutes: 60 },
    startsAt: 1,
    steppedUpAt: 2,
    askedAt: 3,
    acceptedAt: 4,
    wasOn: true,
    request: 'r-1',
    status: 'denied',
    ending: {
      code: 'denied',
      by: 'Lena',
      byId: 'lena',
      byUsername: 'lena@contoso.example',
      at: 5,
      comment: 'Not today',
      problem: pimRefusal('denied'),
    },
  }
  test('is read with all that was known of it', () => expect(reread(whole)).toEqual(whole))
  test.each(states)('is read in each state (%s)', state => {
    const wish = wishIn(state, 'turn-on', hour)
    expect(reread(wish)).toEqual(wish)
  })
  test('of a release that counted no checks had none', () => {
    const { challenges: _none, ...older } = kept
    expect(reread(older)?.challenges).toBe(0)
  })
  test.each([
    ['a stage that nobody knows', { ...kept, stage: 'dreaming' }],
    ['a kind that nobody knows', { ...kept, kind: 'prolong' }],
    ['no minutes', { ...kept, wish: { reason: '', minutes: 0 } }],
    ['a refusal that is a text', { ...whole, ending: { code: 'failed', problem: 'no' } }],
  ])('cannot be read with %s', (_what, wish) => expect(reread(wish)).toBeUndefined())
})
