import { expect } from 'vitest'
import { testIn } from '../../support/test-in.ts'
import { wayOn } from '../../support/visitor.ts'

const test = testIn()

test('someone who has just been put in the group checks again and is where they wanted to go', async ({ house }) => {
  const oskar = await house.visitor('oskar', { signIn: false })
  expect((await oskar.signIn('/sessions?x=1')).status).toBe(403)
  house.tenant.assign('oskar', { minutes: 60, reason: 'On call' })
  const answer = await oskar.post('/check-again', { returnTo: '/sessions?x=1' })
  const arrived = await oskar.follow(wayOn(answer) as string)
  expect(arrived.status).toBe(200)
  expect(arrived.at).toBe(`${house.baseUrl}/sessions?x=1`)
})

test('someone who is still outside meets the refused page again, at the same address', async ({ house }) => {
  const guido = await house.visitor('guido')
  const answer = await guido.post('/check-again', { returnTo: '/sessions' })
  const arrived = await guido.follow(wayOn(answer) as string)
  expect(arrived.status).toBe(403)
  expect(arrived.at).toBe(`${house.baseUrl}/sessions`)
})

test.for(['https://evil.example/', '//evil.example', '/\\evil.example', '/auth/sign-out', ''])(
  'checking again never leads to %j',
  async (returnTo, { house }) => {
    const guido = await house.visitor('guido')
    const answer = await guido.post('/check-again', { returnTo })
    expect(answer.text).not.toContain('evil.example')
    expect((await guido.follow(wayOn(answer) as string)).at).toBe(`${house.baseUrl}/`)
  },
)

test.for([
  ['the hint that Entra gave', true, /^\S+$/],
  ['the user name, where Entra gives no hint', false, /^guido\.ferrante/],
] as const)('checking again names the account by %s', async ([_what, login_hint, hint], { house }) => {
  house.tenant.set({ optionalClaims: { login_hint } })
  const guido = await house.visitor('guido')
  house.tenant.set({ optionalClaims: {} })
  const way = new URL(wayOn(await guido.post('/check-again')) ?? '')
  expect(way.origin).toBe(house.tenant.origin)
  expect(way.searchParams.get('login_hint')).toMatch(hint)
  const again = new URL((await guido.get('/auth/sign-in')).headers.location ?? '')
  expect(again.searchParams.get('login_hint')).toBe(way.searchParams.get('login_hint'))
})
