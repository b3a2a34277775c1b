import { describe, expect } from 'vitest'
import { retryAfterMsOf, signInRefusalOf } from '../../../src/entra/oidc/errors.ts'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import { Problem } from '../../../src/errors.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

const test = testIn()

const identity = { tenantId: '', objectId: '', subject: '', name: '', username: '' }
type Reply = { status?: number; body: Record<string, unknown>; headers?: Record<string, string> }

/** The Problem of a refresh that Entra answers with this reply. */
async function refreshed(house: House, { status = 400, body, headers = {} }: Reply): Promise<Problem> {
  const fetch: typeof globalThis.fetch = async (input, options) =>
    String(input).endsWith('/token') ? Response.json(body, { status, headers }) : globalThis.fetch(input, options)
  const { config } = house
  const thrown = await createOidc({ config, clock: house.clock.read, fetch })
    .refresh('token', identity)
    .catch((error: unknown) => error)
  if (thrown instanceof Problem) return thrown
  throw new Error('no problem', { cause: thrown })
}
const answer = (error: string, ...error_codes: unknown[]): Reply => ({ body: { error, error_codes } })

describe('an invalid_grant about load or a passing fault says nothing about the person', () => {
  const codes = [50196, 90033, 50033, 90006, 90024, 90055, 90012, 90036, 90090, 90091, 50000]
  test.for(codes)('%s', async (code, { house }) => {
    expect((await refreshed(house, answer('invalid_grant', code))).code).toBe('entra-unreachable')
    expect((await refreshed(house, answer('interaction_required', code))).code).toBe('entra-unreachable')
  })

  const mixed: [what: string, reply: Reply][] = [
    ['beside a number about the grant', answer('invalid_grant', 70000, 90033)],
    ['beside a number about the person', answer('invalid_grant', 50196, 50173)],
    ['written as text', answer('invalid_grant', '50196')],
    ['not in a list', { body: { error: 'invalid_grant', error_codes: 50196 } }],
    ['in the name of the error alone', answer('temporarily_unavailable', 50173)],
    ['in the status alone', { ...answer('invalid_grant', 50173), status: 503 }],
    ['in the status alone: too many requests', { ...answer('invalid_grant', 50173), status: 429 }],
  ]
  test.for(mixed)('%s', async ([_what, reply], { house }) => {
    expect((await refreshed(house, reply)).code).toBe('entra-unreachable')
  })

  test('how long Entra wants to be left alone is read there too', async ({ house }) => {
    const problem = await refreshed(house, { ...answer('invalid_grant', 50196), headers: { 'retry-after': '30' } })
    expect(retryAfterMsOf(problem)).toBe(30_000)
  })
})

describe('an invalid_grant about us says nothing about the person', () => {
  const codes = [7000215, 7000222, 7000218, 700025, 700027, 50012, 50013, 500133, 70021, 700211, 700016, 90002, 70001]
  const others = [7000112, 1000031, 50194, 650052, 650053, 650056, 650057, 70011, 28000, 28002, 28003, 700022, 901002]
  test.for([...codes, ...others])('%s', async (code, { house }) => {
    expect((await refreshed(house, answer('invalid_grant', code))).code).toBe('sign-in-misconfigured')
  })

  test.for(['invalid_client', 'unauthorized_client', 'invalid_request', 'invalid_scope', 'no_such_error'])(
    '%s, whatever number it comes with',
    async (error, { house }) => {
      expect((await refreshed(house, answer(error, 50173))).code).toBe('sign-in-misconfigured')
    },
  )
})

describe('every other one is about the person', () => {
  const refusals = [
    ['not-assigned', [50105]],
    ['revoked', [50173, 50132, 50133]],
    ['expired', [700082, 70008, 70043, 700081, 700084]],
    ['blocked', [53003, 53000, 53001, 53002, 530032, 530035, 50097, 50129, 50131, 50053]],
    ['mfa-needed', [50074, 50076, 50078, 50079, 50072, 50125, 50158]],
    ['disabled', [50057, 50034]],
    ['password-needed', [50055, 50126]],
    ['consent-missing', [65001, 65004, 90094, 90095]],
    ['sign-in-refused', [70000, 54005, 501481, 700005, 9002313, 50020, 123456]],
  ] as const
  for (const [refusal, codes] of refusals)
    test.for(codes)(`%s is "${refusal}"`, async (code, { house }) => {
      const problem = await refreshed(house, answer('invalid_grant', code))
      expect([problem.code, signInRefusalOf(problem)]).toEqual(['sign-in-refused', refusal])
    })

  const odd: [what: string, reply: Reply][] = [
    ['without a number', { body: { error: 'invalid_grant' } }],
    [
      'with a number in its description alone',
      { body: { error: 'invalid_grant', error_description: 'AADSTS50196: …' } },
    ],
    ['with a list of nothing', answer('invalid_grant', null, {}, 'AADSTS50196')],
    [
      'with a challenge in a header',
      { ...answer('invalid_grant', 50173), headers: { 'www-authenticate': 'Bearer x=""' } },
    ],
  ]
  test.for(odd)('%s', async ([_what, reply], { house }) => {
    expect((await refreshed(house, reply)).code).toBe('sign-in-refused')
  })
})
