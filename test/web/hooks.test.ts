import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../support/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ settings: { GRAPH_NOTIFICATIONS: 'on' } })
})
afterAll(() => house[Symbol.asyncDispose]())

const item = (over: Record<string, unknown> = {}) => ({
  changeType: 'updated',
  clientState: house.services.clientStates[0],
  resource: `Groups/${house.tenant.groups.access}`,
  subscriptionId: '5e4ad3a5-6e3f-4a9c-a4a7-0cf0b9a9a111',
  tenantId: house.tenant.tenantId,
  ...over,
})
const notify = (body: unknown) =>
  request(house.baseUrl)
    .post('/hooks/graph')
    .send(body as object)
const announcedAt = () => house.services.watch.staleBefore()

test('Graph is answered its validation token, as plain text and nothing else', async () => {
  const answer = await request(house.baseUrl).post('/hooks/graph?validationToken=%3Cb%3Eopaque%3C%2Fb%3E')
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  expect(answer.text).toBe('<b>opaque</b>')
})

test('a notification of the group makes every membership stale', async () => {
  const before = Date.now()
  expect((await notify({ value: [item()] })).status).toBe(202)
  expect(announcedAt()).toBeGreaterThanOrEqual(before)
})

test('the same notification twice is harmless', async () => {
  await notify({ value: [item()] })
  expect((await notify({ value: [item(), item()] })).status).toBe(202)
})

const refused: [string, () => unknown][] = [
  ['without the secret of our subscription', () => ({ value: [item({ clientState: undefined })] })],
  ['with another secret', () => ({ value: [item({ clientState: 'guess' })] })],
  ['with an empty secret', () => ({ value: [item({ clientState: '' })] })],
  ['of another tenant', () => ({ value: [item({ tenantId: 'b3a7b4a1-0000-4000-8000-000000000000' })] })],
  ['with no items', () => ({ value: [] })],
  ['of another shape', () => ({ value: 'x' })],
  ['that is a list', () => []],
]
for (const [what, body] of refused)
  test(`a notification ${what} is refused and changes nothing`, async () => {
    const before = announcedAt()
    expect((await notify(body())).status).toBe(403)
    expect(announcedAt()).toBe(before)
  })

test('a notification of another group is taken and changes nothing', async () => {
  const before = announcedAt()
  expect((await notify({ value: [item({ resource: 'Groups/00000000-1111-4222-8333-444444444444' })] })).status).toBe(
    202,
  )
  expect(announcedAt()).toBe(before)
})

test('a body that is no JSON is a problem, not a crash', async () => {
  const answer = await request(house.baseUrl)
    .post('/hooks/graph')
    .set('Content-Type', 'application/json')
    .send('{"value":')
  expect(answer.status).toBe(415)
})

test('a body that is too large is refused', async () => {
  expect((await notify({ value: [item({ padding: 'x'.repeat(300_000) })] })).status).toBe(413)
})

test('a compressed body is refused', async () => {
  const answer = await request(house.baseUrl)
    .post('/hooks/graph')
    .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
    .send('x')
  expect(answer.status).toBe(415)
})

test('only POST is open, and only while notifications are on', async () => {
  expect((await request(house.baseUrl).get('/hooks/graph')).status).toBe(401)
  await using quiet = await openHouse()
  expect(
    (await request(quiet.baseUrl).post('/hooks/graph?validationToken=x').set('Sec-Fetch-Site', 'same-origin')).status,
  ).toBe(401)
})
