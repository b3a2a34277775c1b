import { describe, expect, test } from 'vitest'
import { assertStillTheirs, loginHintOf, personMark } from '../../../src/web/sign-in/who-began.ts'
import { aliceIdentity } from '../made-request.ts'

describe('the mark of a person', () => {
  test('is the same whatever name they go by', () => {
    expect(personMark({ ...aliceIdentity, name: 'A.', username: 'a' })).toBe(personMark(aliceIdentity))
  })

  test.each(['tenantId', 'objectId', 'subject'] as const)('is another for another %s', field => {
    expect(personMark({ ...aliceIdentity, [field]: 'another' })).not.toBe(personMark(aliceIdentity))
  })

  test('tells where one part ends and the next begins', () => {
    const one = { ...aliceIdentity, tenantId: 'ab', objectId: 'c' }
    expect(personMark({ ...one, tenantId: 'a', objectId: 'bc' })).not.toBe(personMark(one))
  })

  test('tells nothing of them', () => {
    expect(personMark(aliceIdentity)).not.toMatch(/alice|tenant|subject/i)
  })
})

describe('what somebody began', () => {
  const begun = { person: personMark(aliceIdentity) }

  test('is still theirs while they are signed in', () => {
    expect(assertStillTheirs(begun, aliceIdentity)).toBe(aliceIdentity)
  })

  test('is too late once they are signed out', () => {
    expect(() => assertStillTheirs(begun, undefined)).toThrow('step-up-too-late')
  })

  test('is not another person’s', () => {
    expect(() => assertStillTheirs(begun, { ...aliceIdentity, objectId: 'ben' })).toThrow('other-person')
  })
})

describe('the account that Entra should propose', () => {
  const { loginHint: _hint, ...withoutHint } = aliceIdentity
  test('is the one that Entra gave a hint for', () => {
    expect(loginHintOf(aliceIdentity)).toBe('alice-hint')
  })
  test('is that of the user name where there is no hint', () => {
    expect(loginHintOf(withoutHint)).toBe('alice@contoso.example')
  })
  test('is none where nothing names it', () => {
    expect(loginHintOf({ ...withoutHint, username: '' })).toBeUndefined()
  })
})
