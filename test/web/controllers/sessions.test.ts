import { expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import type { Visitor } from '../../support/visitor.ts'

const handles = ({ text }: { text: string }) =>
  [...text.matchAll(/name="which" value="([^"]+)"/g)]
    .map(([, which]) => which as string)
    .filter(which => which.length === 22)
const isIn = async (visitor: Visitor) => (await visitor.get('/')).status === 200

async function threeOfAlice(house: House) {
  const [first, second, third] = [
    await house.visitor('alice'),
    await house.visitor('alice'),
    await house.visitor('alice'),
  ]
  return { first, second, third }
}
async function ownHandle(visitor: Visitor, others: Visitor[]) {
  await Promise.all(others.map(other => other.post('/auth/sign-out')))
  return handles(await visitor.get('/sessions'))[0] as string
}

test('people see all their sessions and nobody else’s', async () => {
  await using house = await openHouse()
  const { first } = await threeOfAlice(house)
  await house.visitor('ada')
  expect(handles(await first.get('/sessions'))).toHaveLength(3)
})

test('one of them ends, and the others go on', async () => {
  await using house = await openHouse()
  const { first, second, third } = await threeOfAlice(house)
  const ids = await house.redis.keys(`${house.prefix}session:*`)
  const [which = ''] = handles(await first.get('/sessions'))
  const answer = await first.post('/sessions/end', { which })
  expect(answer.status).toBe(303)
  expect(await house.redis.keys(`${house.prefix}session:*`)).toHaveLength(ids.length - 1)
  const still = await Promise.all([first, second, third].map(isIn))
  expect(still.filter(Boolean)).toHaveLength(2)
})

test('all others end, and this one stays', async () => {
  await using house = await openHouse()
  const { first, second, third } = await threeOfAlice(house)
  const answer = await first.post('/sessions/end', { which: 'others' })
  expect(answer.headers.location).toBe('/sessions')
  expect(await Promise.all([first, second, third].map(isIn))).toEqual([true, false, false])
})

test('all end, this one too, and it says so', async () => {
  await using house = await openHouse()
  const { first, second, third } = await threeOfAlice(house)
  const answer = await first.post('/sessions/end', { which: 'all' })
  expect(answer.headers.location).toBe('/auth/signed-out')
  expect(await Promise.all([first, second, third].map(isIn))).toEqual([false, false, false])
})

test('the handle of someone else’s session ends nothing', async () => {
  await using house = await openHouse()
  const [alice, ada] = [await house.visitor('alice'), await house.visitor('ada')]
  const which = await ownHandle(ada, [])
  await alice.post('/sessions/end', { which })
  expect(await Promise.all([alice, ada].map(isIn))).toEqual([true, true])
})

test.each([{}, { which: '' }, { which: '*' }, { which: 'ALL' }])('%j ends nothing', async form => {
  await using house = await openHouse()
  const { first, second, third } = await threeOfAlice(house)
  expect((await first.post('/sessions/end', form as Record<string, string>)).headers.location).toBe('/sessions')
  expect(await Promise.all([first, second, third].map(isIn))).toEqual([true, true, true])
})

test('no session’s id is on the page', async () => {
  await using house = await openHouse()
  const { first } = await threeOfAlice(house)
  const ids = (await house.redis.keys(`${house.prefix}session:*`)).map(key =>
    key.slice(`${house.prefix}session:`.length),
  )
  const { text } = await first.get('/sessions')
  for (const id of ids) expect(text).not.toContain(id)
})
