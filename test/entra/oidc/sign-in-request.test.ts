import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signInAnew } from '../../../src/entra/oidc/scopes.ts'
import { newAttempt, signInParameters } from '../../../src/entra/oidc/sign-in-request.ts'

const attempt = { state: 'the-state', nonce: 'the-nonce', verifier: 'the-verifier' }
type Wish = Omit<Parameters<typeof signInParameters>[0], 'attempt'>
const asked = (wish: Wish = {}) => signInParameters({ attempt, ...wish }, 'https://app.example/auth/callback')

describe('a new attempt', () => {
  test.each(['state', 'nonce', 'verifier'] as const)('has a %s of at least 128 bits', part => {
    expect(newAttempt()[part]).toMatch(/^[\w-]{22,}$/)
  })
  test.each(['state', 'nonce', 'verifier'] as const)('has another %s each time', part => {
    expect(newAttempt()[part]).not.toBe(newAttempt()[part])
  })
})

describe('the query to Entra', () => {
  test('is bound to the attempt, and asks for no more than a sign-in', async () => {
    expect(await asked()).toStrictEqual({
      scope: 'openid profile offline_access',
      redirect_uri: 'https://app.example/auth/callback',
      response_mode: 'query',
      state: 'the-state',
      nonce: 'the-nonce',
      code_challenge: createHash('sha256').update('the-verifier').digest('base64url'),
      code_challenge_method: 'S256',
    })
  })
  test('names the account that is known', async () => {
    expect(await asked({ loginHint: 'alice@contoso.example' })).toMatchObject({ login_hint: 'alice@contoso.example' })
  })
  test('asks which account it is to be', async () => {
    expect(await asked({ prompt: 'select_account' })).toMatchObject({ prompt: 'select_account' })
  })
  test('names no account to people who may choose one', async () => {
    const query = await asked({ prompt: 'select_account', loginHint: 'alice@contoso.example' })
    expect(query).not.toHaveProperty('login_hint')
  })
  test('demands an authentication context as an essential claim of the ID token', async () => {
    const { claims = '' } = await asked({ context: 'c1' })
    expect(JSON.parse(claims)).toEqual({ id_token: { acrs: { essential: true, value: 'c1' } } })
  })
  test('asks for the scopes of PIM where the token is for PIM', async () => {
    const { scope } = await asked({ forPim: {} })
    expect(scope).toContain('PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup')
  })
  test('lets people sign in anew where PIM wants it', async () => {
    expect(await asked({ forPim: { claims: signInAnew } })).toMatchObject({ prompt: 'login' })
  })
  test('lets nobody sign in anew where PIM wants another check', async () => {
    expect(await asked({ forPim: { claims: '{"id_token":{}}' } })).not.toHaveProperty('prompt')
  })
  test('lets nobody sign in anew where PIM wants no check', async () => {
    expect(await asked({ forPim: {} })).not.toHaveProperty('prompt')
  })
})
