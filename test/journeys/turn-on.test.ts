import { expect, test } from 'vitest'
import { openSelfService, turnOnWithPasskey } from '../pim/house.ts'

test('a person who may turn on access says why, touches the passkey, and is in', async () => {
  await using house = await openSelfService()
  const ben = await house.visitor('ben')
  const asked = await turnOnWithPasskey(ben, '/sessions')
  console.log(asked.status, asked.at, asked.text.slice(0, 3000))
  const next = await ben.follow('/access/turning-on')
  console.log(next.status, next.at)
  console.log(house.logged.slice(-12).join('\n'))
  expect(next.at).toBe(`${house.baseUrl}/sessions`)
})
