import { describe, expect, test } from 'vitest'
import { defaultRules, type Rules } from '../../../src/entra/pim/policy.ts'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { formOf } from '../../../src/pim/wish/form-offer.ts'
import { firstRequest, start } from '../bens.ts'
import { hour, reason, wishIn } from './each-state.ts'

type About = Parameters<typeof formOf>[0]
const form = ({ rules = {}, ...more }: Omit<Partial<About>, 'rules'> & { rules?: Partial<Rules> } = {}) =>
  formOf({
    rules: { ...defaultRules, known: true, longestMinutes: 120, ...rules },
    requests: [],
    approvers: [],
    activation: undefined,
    now: start,
    ...more,
  })
const offeredAfter = (activation: Activation, now = start) => form({ activation, now })

describe('the form', () => {
  test('has the limits of the policy, and is blank for somebody who comes first', () => {
    expect(form()).toStrictEqual({
      choices: [30, 60, 120],
      minutes: 60,
      longestMinutes: 120,
      ticket: false,
      needs: { passkey: false, approval: false, approvers: [] },
      rulesKnown: true,
    })
  })
  test('asks for a ticket where the policy wants one', () =>
    expect(form({ rules: { ticket: true } }).ticket).toBe(true))
  test('asks for a ticket where Microsoft missed one', () => {
    const returned = { errors: { ticket: 'A ticket is needed.' } }
    expect(form({ returned })).toMatchObject({ ticket: true, errors: returned.errors })
  })
  test.each([
    [{ context: 'c1' }, true],
    [{ mfa: true }, true],
    [{}, false],
  ])('says whether a passkey is needed (%o)', (rules, passkey) => expect(form({ rules }).needs.passkey).toBe(passkey))
  test('says who must approve', () => {
    const needs = { approval: true, approvers: ['Lena'] }
    expect(form({ rules: { approval: true }, approvers: ['Lena'] }).needs).toMatchObject(needs)
  })
})

describe('the last use', () => {
  test('is shown, and proposes as much time', () => {
    const { last, minutes } = form({ requests: [{ ...firstRequest, minutes: 120, ticket: 'INC-1' }] })
    const shown = { at: firstRequest.createdAt, minutes: 120, reason: firstRequest.reason, ticket: 'INC-1' }
    expect([last, minutes]).toStrictEqual([shown, 120])
  })
  test('is shown without what PIM does not show', () => {
    const { reason: _none, ...wordless } = firstRequest
    const shown = { at: firstRequest.createdAt, minutes: 60, reason: '' }
    expect(form({ requests: [wordless] }).last).toStrictEqual(shown)
  })
})

describe('a text that was typed', () => {
  const typed = { reason: 'Refund', ticket: '', minutes: '30' }
  test('comes back with its faults', () => {
    const errors = { reason: 'Say more.' }
    expect(form({ returned: { typed, errors } })).toMatchObject({ typed, errors, minutes: 30 })
  })
  test('comes back with a time that is allowed', () => {
    expect(form({ returned: { typed: { ...typed, minutes: '45' } } }).minutes).toBe(60)
  })
  test('comes back after a wish that came to nothing', () => {
    expect(offeredAfter(wishIn('cancelled', 'turn-on', start)).typed).toEqual({ reason, ticket: '', minutes: '60' })
  })
  test('comes back with its ticket', () => {
    const unsent = { ...wishIn('unsent', 'turn-on', start), wish: { reason, ticket: 'INC-1', minutes: 30 } }
    expect(offeredAfter(unsent).typed).toEqual({ reason, ticket: 'INC-1', minutes: '30' })
  })
  test('comes back with the proposed time where none was written down', () => {
    const timeless = { ...wishIn('unsent', 'turn-on', start), wish: { reason, minutes: 0 } }
    expect(offeredAfter(timeless).typed?.minutes).toBe('60')
  })
  test('comes back for twenty-six hours', () => {
    const unsent = wishIn('unsent', 'turn-on', start)
    expect(offeredAfter(unsent, start + 26 * hour - 1).typed).toBeDefined()
    expect(offeredAfter(unsent, start + 26 * hour).typed).toBeUndefined()
  })
  test('does not come back while a wish is on its way', () => {
    expect(offeredAfter(wishIn('asking', 'turn-on', start))).not.toHaveProperty('typed')
  })
  test('that was sent now counts before one that was sent earlier', () => {
    const returned = { typed, errors: { reason: 'Say more.' } }
    expect(form({ activation: wishIn('refused', 'turn-on', start), returned })).toMatchObject(returned)
  })
  test('that was sent now is not blamed for what went wrong earlier', () => {
    const returned = { typed, errors: { reason: 'Say more.' } }
    expect(form({ activation: wishIn('refused', 'turn-on', start), returned })).not.toHaveProperty('problem')
  })
})

describe('what went wrong', () => {
  const refused = (code: string) => ({ ...wishIn('refused', 'turn-on', start), ending: { code } })
  test('is said above the form', () => {
    const shown = offeredAfter(refused('not-eligible'))
    expect(shown.problem).toEqual(pimRefusal('not-eligible'))
    expect(shown).not.toHaveProperty('errors')
  })
  test('is said at the field that mends it', () => {
    const { sentence } = pimRefusal('ticket-needed')
    expect(offeredAfter(refused('ticket-needed'))).toMatchObject({ errors: { ticket: sentence }, ticket: true })
  })
  test('is not said where the person knows', () => {
    const shown = offeredAfter(wishIn('denied', 'turn-on', start))
    expect(shown.typed).toBeDefined()
    expect(shown).not.toHaveProperty('problem')
  })
  test('is that the check did not succeed, where the wish waited for one', () => {
    expect(offeredAfter(wishIn('kept', 'turn-on', start)).problem).toEqual(pimRefusal('step-up-cancelled'))
  })
  const { claims: _claims, ...unasked } = wishIn('kept', 'turn-on', start)
  test.each([
    ['no check was asked for', unasked],
    ['nobody was asked for it', { ...wishIn('kept', 'turn-on', start), challenges: 0 }],
  ])('is nothing where %s', (_what, wish) => expect(offeredAfter(wish)).not.toHaveProperty('problem'))
})
