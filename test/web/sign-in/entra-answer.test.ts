import { describe, expect, test } from 'vitest'
import { answerIn, denialIn, problemOfDenial } from '../../../src/web/sign-in/entra-answer.ts'

const issuer = 'https://login.example/tenant/v2.0'
const answer = (query: string) => new URLSearchParams(query)

describe('the answer in an address', () => {
  test('is all that follows the question mark', () => {
    expect([...answerIn('/auth/callback?code=x&state=y&new=z')]).toEqual([
      ['code', 'x'],
      ['state', 'y'],
      ['new', 'z'],
    ])
  })

  test('is empty where nothing follows', () => {
    expect([...answerIn('/auth/callback')]).toEqual([])
  })

  test.each(['code', 'state', 'error', 'error_subcode', 'error_description', 'iss', 'session_state'])(
    'counts for nothing where %s comes twice',
    name => {
      expect(() => answerIn(`/auth/callback?${name}=a&x=y&${name}=a`)).toThrow('sign-in-not-started')
    },
  )

  test('may repeat what nobody reads', () => {
    expect(() => answerIn('/auth/callback?x=1&x=2')).not.toThrow()
  })
})

describe('a denial', () => {
  test('is none where Entra gave a code', () => {
    expect(denialIn(answer('code=x'), issuer)).toBeUndefined()
  })

  test('is an error, with what Entra says beside it', () => {
    expect(denialIn(answer('error=access_denied&error_subcode=cancel'), issuer)).toEqual({
      error: 'access_denied',
      subcode: 'cancel',
    })
  })

  test('may come without more words', () => {
    expect(denialIn(answer(`error=&iss=${issuer}`), issuer)).toEqual({ error: '', subcode: null })
  })

  test('of another issuer proves nothing, and neither does its code', () => {
    for (const query of ['code=x&iss=https://evil.example', 'error=x&iss='])
      expect(() => denialIn(answer(query), issuer)).toThrow('sign-in-not-proven')
  })
})

describe('an error of Entra', () => {
  test.each([
    ['access_denied', 'cancel', 'step-up-cancelled'],
    ['access_denied', null, 'consent-missing'],
    ['access_denied', 'other', 'consent-missing'],
    ['consent_required', null, 'consent-missing'],
    ['consent_required', 'cancel', 'consent-missing'],
    ['server_error', null, 'entra-unreachable'],
    ['temporarily_unavailable', null, 'entra-unreachable'],
    ['invalid_request', null, 'sign-in-misconfigured'],
    ['unauthorized_client', null, 'sign-in-misconfigured'],
    ['invalid_client', null, 'sign-in-misconfigured'],
    ['unsupported_response_type', null, 'sign-in-misconfigured'],
    ['invalid_scope', null, 'sign-in-misconfigured'],
    ['invalid_resource', null, 'sign-in-misconfigured'],
    ['interaction_required', null, 'sign-in-refused'],
    ['interaction_required', 'cancel', 'sign-in-refused'],
    ['', null, 'sign-in-refused'],
  ] as const)('%s, subcode %s, is a problem: %s', (error, subcode, code) => {
    expect(problemOfDenial({ error, subcode }, 'step-up-cancelled').code).toBe(code)
  })
})
