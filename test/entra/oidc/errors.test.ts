import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import {
  entraProblem,
  isBlockedByPolicy,
  isPassing,
  ofAnotherIssuer,
  retryAfterMsOf,
  secretRefusalOf,
  signInRefusalOf,
} from '../../../src/entra/oidc/errors.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'

/** The error of the client library for an answer of the token endpoint. */
function refused(error: string, error_codes?: unknown, headers: Record<string, string> = {}) {
  const response = Response.json({}, { status: 400, headers })
  return new client.ResponseBodyError('refused', { cause: { error, error_codes }, response } as never)
}
const problemOf = (thrown: unknown) => entraProblem(thrown)
const withCode = (code: string, cause?: unknown) => Object.assign(new Error(code, { cause }), { code })

describe('an error of a call to Entra', () => {
  const ours = new Problem('other-person')

  test('that is a Problem already stays that Problem', () => {
    expect(problemOf(ours)).toBe(ours)
  })
  test('that the library made of a Problem of ours is that Problem', () => {
    expect(problemOf(new client.ClientError('wrapped', { cause: ours }))).toBe(ours)
  })
  test('of somebody else that has a Problem as its cause is not that Problem', () => {
    expect(problemOf(new Error('wrapped', { cause: ours }))).not.toBe(ours)
  })
  test('is the cause of its Problem', () => {
    const thrown = new TypeError('odd')
    expect(problemOf(thrown).cause).toBe(thrown)
  })

  const challenge = new client.WWWAuthenticateChallengeError('challenge', {
    cause: [],
    response: new Response(null, { status: 401 }),
  } as never)
  const library = new client.ClientError('checked')
  const cases: [what: string, thrown: unknown, code: string][] = [
    ['about the person', refused('invalid_grant', [50173]), 'sign-in-refused'],
    ['about load', refused('invalid_grant', [50196]), 'entra-unreachable'],
    ['about us', refused('invalid_client', [7000215]), 'sign-in-misconfigured'],
    ['that is a challenge', challenge, 'sign-in-misconfigured'],
    ['without an answer', new NoAnswer('silence'), 'entra-unreachable'],
    [
      'without an answer, deep inside',
      new Error('1', { cause: new Error('2', { cause: new NoAnswer('3') }) }),
      'entra-unreachable',
    ],
    ['that came too late', withCode('OAUTH_TIMEOUT'), 'entra-unreachable'],
    ['that was broken off', withCode('OAUTH_ABORT'), 'entra-unreachable'],
    ['with an answer of another status', withCode('OAUTH_RESPONSE_IS_NOT_CONFORM'), 'entra-unreachable'],
    ['with an answer that is no JSON', withCode('OAUTH_RESPONSE_IS_NOT_JSON'), 'entra-unreachable'],
    ['that came too late, deep inside', new Error('1', { cause: withCode('OAUTH_TIMEOUT') }), 'entra-unreachable'],
    ['that the library found in the answer', library, 'sign-in-not-proven'],
    ['about a type', new TypeError('odd'), 'sign-in-not-proven'],
    ['with a code that nobody knows', withCode('E_ODD'), 'unexpected'],
    ['without a code', new Error('odd'), 'unexpected'],
    ['that is no error', 'OAUTH_TIMEOUT', 'unexpected'],
    ['that is nothing', undefined, 'unexpected'],
    ['that only looks like one', { code: 'OAUTH_TIMEOUT' }, 'unexpected'],
  ]
  test.each(cases)('%s has its own code', (_what, thrown, code) => {
    expect(problemOf(thrown).code).toBe(code)
  })
})

describe('an error of a refresh', () => {
  const rethrown = (thrown: unknown): unknown => {
    try {
      return ofAnotherIssuer(thrown)
    } catch (again) {
      return again
    }
  }
  const about = (cause: unknown) => new client.ClientError('checked', { cause: new Error('claim', { cause }) })

  test('about the issuer is one of another person', () => {
    const thrown = about({ claim: 'iss' })
    expect(rethrown(thrown)).toMatchObject({ name: 'Problem', code: 'other-person', cause: thrown })
  })
  const others: [what: string, thrown: unknown][] = [
    ['about another claim', about({ claim: 'aud' })],
    ['about no claim', about({})],
    ['about nothing', about(null)],
    ['about a text', about('iss')],
    ['without a cause', new client.ClientError('checked')],
    ['with a cause that is no error', new client.ClientError('checked', { cause: { cause: { claim: 'iss' } } })],
    ['of somebody else', new Error('checked', { cause: new Error('claim', { cause: { claim: 'iss' } }) })],
    ['that is nothing', undefined],
  ]
  test.each(others)('%s stays as it is', (_what, thrown) => {
    expect(rethrown(thrown)).toBe(thrown)
  })
})

describe('the numbers of an answer', () => {
  const refusalIn = (error_codes: unknown) =>
    signInRefusalOf(new Problem('sign-in-refused', { cause: refused('invalid_grant', error_codes) }))

  test('say why somebody is refused', () => {
    expect(refusalIn([50105])).toBe('not-assigned')
  })
  test('count as text too', () => {
    expect(refusalIn(['50105'])).toBe('not-assigned')
  })
  test('count without a list too', () => {
    expect(refusalIn(50105)).toBe('not-assigned')
  })
  test('may be missing', () => {
    expect(refusalIn(undefined)).toBe('sign-in-refused')
  })
  test.each([
    undefined,
    'text',
    new Error('odd'),
    new Error('odd', { cause: null }),
    new Error('odd', { cause: 'text' }),
  ])('are missing in %s', cause => {
    expect(signInRefusalOf(new Problem('sign-in-refused', { cause }))).toBe('sign-in-refused')
  })
  test('are read in an error alone', () => {
    const cause = { cause: { error_codes: [50105] } }
    expect(signInRefusalOf(new Problem('sign-in-refused', { cause }))).toBe('sign-in-refused')
  })

  test('say that a policy forbade the token', () => {
    expect(isBlockedByPolicy(problemOf(refused('invalid_grant', [53003])))).toBe(true)
  })
  test('say that no policy forbade the token', () => {
    expect(isBlockedByPolicy(problemOf(refused('invalid_grant', [53000])))).toBe(false)
  })
  test.each([7000215, 7000222])('say that the secret is refused: %d', code => {
    expect(secretRefusalOf(refused('invalid_client', [1, code]))).toBe(code)
  })
  test('say that something else is refused', () => {
    expect(secretRefusalOf(refused('invalid_client', [700027]))).toBeUndefined()
  })
})

describe('Entra says that it has too much to do', () => {
  test('by a number in its answer', () => {
    expect(isPassing(problemOf(refused('invalid_grant', [50196])))).toBe(true)
  })
  test('not by an answer about the person', () => {
    expect(isPassing(problemOf(refused('invalid_grant', [50173])))).toBe(false)
  })
  test('not by silence', () => {
    expect(isPassing(problemOf(new NoAnswer('silence')))).toBe(false)
  })
})

describe('the wait that Entra or Graph asks for', () => {
  const waiting = () => new NoAnswer('busy', { retryAfterMs: 7000 })

  test('is read in an answer of the token endpoint', () => {
    expect(retryAfterMsOf(refused('invalid_grant', [50196], { 'retry-after': '30' }))).toBe(30_000)
  })
  test('is read in a call without an answer', () => {
    expect(retryAfterMsOf(waiting())).toBe(7000)
  })
  test('is read deep inside', () => {
    expect(retryAfterMsOf(new Error('1', { cause: new Error('2', { cause: waiting() }) }))).toBe(7000)
  })
  test('is not known where the answer does not say', () => {
    expect(retryAfterMsOf(refused('invalid_grant', [50196]))).toBeUndefined()
  })
  test('is not read in what is no answer', () => {
    expect(retryAfterMsOf(Object.assign(new Error('odd'), { retryAfterMs: 7000 }))).toBeUndefined()
  })
  test.each(['text', undefined, { cause: new NoAnswer('busy', { retryAfterMs: 7000 }) }])(
    'is not read in %j',
    thrown => {
      expect(retryAfterMsOf(thrown)).toBeUndefined()
    },
  )
})
