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
