import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house[Symbol.asyncDispose]())

test('someone who has just been put in the group checks again and is where they wanted to go', async () => {
  const oskar = await house.visitor('oskar', { signIn: false })
  expect((await oskar.signIn('/sessions?x=1')).status).toBe(403)
  house.tenant.assign('oskar', { minutes: 60, reason: 'On call' })
  const answer = await oskar.post('/check-again', { returnTo: '/sessions?x=1' })
  expect(answer.status).toBe(303)
  const arrived = await oskar.follow(answer.headers.location as string)
  expect(arrived.status).toBe(200)
  expect(arrived.at).toBe(`${house.baseUrl}/sessions?x=1`)
})

test('someone who is still outside meets the refused page again, at the same address', async () => {
  const guido = await house.visitor('guido')
  const answer = await guido.post('/check-again', { returnTo: '/sessions' })
  const arrived = await guido.follow(answer.headers.location as string)
  expect(arrived.status).toBe(403)
  expect(arrived.at).toBe(`${house.baseUrl}/sessions`)
})

test.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/auth/sign-out', ''])(
  'checking again never leads to %j',
  async returnTo => {
    const guido = await house.visitor('guido')
    expect((await guido.post('/check-again', { returnTo })).headers.location).toBe('/auth/sign-in?returnTo=%2F')
  },
)
