import { expect, test } from 'vitest'
import { keepingToken } from '../../infra/azure/credentials.ts'
import { timeInHand } from './time-in-hand.ts'

/** A credential whose tokens are good for an hour, and are numbered. */
function credential() {
  const time = timeInHand()
  let asked = 0
  const ask = async () => {
    asked += 1
    return { token: `token ${asked}`, expiresOnTimestamp: time.clock().getTime() + 3_600_000 }
  }
  return { time, token: keepingToken(ask, time.clock) }
}

test('a token is kept while it is good for more than five minutes', async () => {
  const { time, token } = credential()
  expect(await token()).toBe('token 1')
  await time.sleep(54 * 60_000)
  expect(await token()).toBe('token 1')
  await time.sleep(60_000)
  expect(await token()).toBe('token 2')
})

test('a token that Graph refused is not kept', async () => {
  const { token } = credential()
  await token()
  expect(await token({ isRefused: true })).toBe('token 2')
  expect(await token({ isRefused: false })).toBe('token 2')
})
