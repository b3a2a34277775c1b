import { describe, expect, test } from 'vitest'
import {
  blameFor,
  blockedByPolicy,
  isOfTheAccount,
  secretRefusals,
  signInRefusalIn,
} from '../../../src/entra/oidc/aadsts.ts'

const peoplesErrors = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required', 'access_denied']
const peoplesNumbers = [50173]

describe('a person is to blame', () => {
  test.each(peoplesErrors)('for %s with a number about them', error => {
    expect(blameFor(error, peoplesNumbers)).toBe('person')
  })
  test.each(peoplesErrors)('for %s without a number', error => {
    expect(blameFor(error, [])).toBe('person')
  })
})

describe('a fault that passes is to blame', () => {
  test.each(['temporarily_unavailable', 'server_error'])('for %s, whatever number it comes with', error => {
    expect(blameFor(error, peoplesNumbers)).toBe('passing')
  })
  const passing = [50196, 90055, 90024, 50000, 50033, 90006, 90012, 90033, 90036, 90090, 90091]
  test.each(passing)('for %d, whatever the error is', code => {
    expect(blameFor('invalid_client', [code])).toBe('passing')
  })
  test('where one number of several passes', () => {
    expect(blameFor('invalid_grant', [50173, 7000215, 50196])).toBe('passing')
  })
})

describe('this application is to blame', () => {
  test.each(['invalid_client', 'invalid_request', ''])('for the error "%s", whatever number it comes with', error => {
    expect(blameFor(error, peoplesNumbers)).toBe('us')
  })
  const credential = [7000215, 7000222, 7000218, 700025, 700027, 50012, 50013, 500133, 70021, 700211, 700212, 700213]
  const registration = [700016, 70001, 7000112, 7000114, 1000031, 90002, 50001, 50011, 50194, 900382, 900432, 900439]
  const requests = [90008, 90009, 650052, 650053, 650056, 650057, 70011, 28000, 28002, 28003, 700022, 70003, 901002]
  test.each([...credential, ...registration, ...requests])('for %d in an error of people', code => {
    expect(blameFor('invalid_grant', [code])).toBe('us')
  })
  test('where one number of several is about us', () => {
    expect(blameFor('invalid_grant', [50173, 7000215])).toBe('us')
  })
})

describe('the refusal of somebody', () => {
  const refusals = [
    ['not-assigned', [50105]],
    ['revoked', [50173, 50132, 50133]],
    ['expired', [700082, 700081, 700084, 70008, 70043, 70044]],
    ['blocked', [53003, 53000, 53001, 53002, 53004, 530032, 530035, 50097, 50129, 50131, 50053]],
    ['mfa-needed', [50074, 50076, 50078, 50079, 50072, 50125, 50158]],
    ['disabled', [50057, 50034]],
    ['password-needed', [50055, 50126]],
    ['consent-missing', [65001, 65004, 90094, 90095]],
    ['sign-in-refused', [123456]],
  ] as const
  for (const [refusal, codes] of refusals)
    test.each(codes)(`is "${refusal}" for %d`, code => {
      expect(signInRefusalIn([code])).toBe(refusal)
    })

  test('is "sign-in-refused" without a number', () => {
    expect(signInRefusalIn([])).toBe('sign-in-refused')
  })
  test('is that of the number we know, beside others', () => {
    expect(signInRefusalIn([123456, 50105])).toBe('not-assigned')
  })

  test.each(['revoked', 'expired', 'disabled'] as const)('holds for the account when it is "%s"', refusal => {
    expect(isOfTheAccount(refusal)).toBe(true)
  })
  const ofOneRequest = ['not-assigned', 'blocked', 'mfa-needed', 'password-needed', 'consent-missing'] as const
  test.each([...ofOneRequest, 'sign-in-refused'] as const)('may be about one request when it is "%s"', refusal => {
    expect(isOfTheAccount(refusal)).toBe(false)
  })
})

test('a client secret is refused as wrong or as expired', () => {
  expect(secretRefusals).toEqual([7000215, 7000222])
})

test('a policy that forbids the token has the number of a blocked person', () => {
  expect(signInRefusalIn([blockedByPolicy])).toBe('blocked')
})
