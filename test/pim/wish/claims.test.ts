import { describe, expect, test } from 'vitest'
import { defaultRules } from '../../../src/entra/pim/policy.ts'
import { contextIn, firstDemand, sameClaims } from '../../../src/pim/wish/claims.ts'

const demand = (value: string, more: object = {}) =>
  JSON.stringify({ access_token: { acrs: { essential: true, value }, ...more } })

describe('a new wish', () => {
  test('needs the authentication context of the policy', () => {
    expect(firstDemand({ ...defaultRules, context: 'c1' })).toEqual({ claims: demand('c1'), challenges: 1 })
  })
  test('needs nothing where the policy has none', () => expect(firstDemand(defaultRules)).toStrictEqual({}))
})

describe('two demands are the same', () => {
  test('where both are for one context, whatever else they say', () => {
    expect(sameClaims(demand('c1'), demand('c1', { nbf: {} }))).toBe(true)
  })
  test('where both are the same text', () => expect(sameClaims('{"id_token":{}}', '{"id_token":{}}')).toBe(true))
  test('never where they are for two contexts', () => expect(sameClaims(demand('c1'), demand('c2'))).toBe(false))
  test('never where only one is for a context', () => {
    expect([sameClaims(demand('c1'), '{}'), sameClaims('{}', demand('c1'))]).toEqual([false, false])
  })
  test('never where there was none before', () => {
    expect([sameClaims(undefined, '{}'), sameClaims(undefined, demand('c1'))]).toEqual([false, false])
  })
  test('never where they are two texts without a context', () => {
    expect(sameClaims('{}', '{"id_token":{}}')).toBe(false)
  })
})

test.each([
  [demand('c1'), 'c1'],
  [demand('c99'), 'c99'],
  ['{"access_token":{"acrs":{"essential":true,"value":"urn:x"}}}', undefined],
  ['{"access_token":{"xms_cc":{"value":"c1"},"acrs":{}}}', undefined],
  ['no JSON', undefined],
  [undefined, undefined],
])('the authentication context that %s asks for is %s', (claims, context) => {
  expect(contextIn(claims)).toBe(context)
})
