import { expect, test } from 'vitest'
import { openHouse } from '../support/house.ts'

test('a member signs in and is on the page first asked for', async () => {
  await using house = await openHouse()
  const alice = await house.visitor('alice', { signIn: false })
  const answer = await alice.signIn('/sessions?from=mail')
  expect(answer.status).toBe(200)
  expect(new URL(answer.at).pathname).toBe('/sessions')
  expect(new URL(answer.at).search).toBe('?from=mail')
})

test('an outsider is refused at the same URL', async () => {
  await using house = await openHouse()
  const oskar = await house.visitor('oskar', { signIn: false })
  const answer = await oskar.signIn('/sessions')
  expect(answer.status).toBe(403)
  expect(answer.at).toBe(`${house.baseUrl}/sessions`)
  expect(answer.text).toContain('Check again')
})

test('whoever cancels and then signs in after all is on the page first asked for', async () => {
  await using house = await openHouse({ tenant: { switches: { authorizeError: { what: 'cancel', when: 'next' } } } })
  const alice = await house.visitor('alice', { signIn: false })
  const cancelled = await alice.signIn('/sessions?from=mail')
  expect(cancelled.status).toBe(403)
  const [, again = ''] = cancelled.text.match(/href="(\/auth\/sign-in[^"]*)"/) ?? []
  const answer = await alice.signIn(again.replaceAll('&amp;', '&'))
  expect(answer.at).toBe(`${house.baseUrl}/sessions?from=mail`)
})

test('whoever could not sign in while Microsoft was away is on the page first asked for when it is back', async () => {
  await using house = await openHouse()
  const alice = await house.visitor('alice', { signIn: false })
  house.tenant.set({ tokenError: { what: '503', when: 'next' } })
  const failed = await alice.signIn('/sessions')
  expect(failed.status).toBe(503)
  const [, again = ''] = failed.text.match(/href="(\/auth\/sign-in[^"]*)"/) ?? []
  expect((await alice.signIn(again)).at).toBe(`${house.baseUrl}/sessions`)
})
