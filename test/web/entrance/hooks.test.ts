import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, sessionSecret } from '../../support/house.ts'

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

test('one of ours among others counts, whatever is wrong with those', async () => {
  const strange = { resource: 7 }
  const others = [item({ clientState: 'guess' }), strange, item({ tenantId: 'another' }), null, 'x']
  const before = announcedAt()
  expect((await notify({ value: [...others, item(), ...others] })).status).toBe(202)
  expect(announcedAt()).toBeGreaterThan(before)
})

test('those of others among ours count for nothing', async () => {
  const others = [item({ clientState: 'guess' }), item({ tenantId: 'another' })]
  const ours = item({ resource: 'Groups/00000000-1111-4222-8333-444444444444' })
  const before = announcedAt()
  expect((await notify({ value: [...others, ours] })).status).toBe(202)
  expect(announcedAt()).toBe(before)
})

test('one of the group counts beside one of another group, both under our secret', async () => {
  const ofAnother = item({ resource: 'Groups/00000000-1111-4222-8333-444444444444' })
  const before = announcedAt()
  expect((await notify({ value: [ofAnother, item(), ofAnother] })).status).toBe(202)
  expect(announcedAt()).toBeGreaterThan(before)
})

test('a notification under an older secret that is still known is believed', async () => {
  await using rotated = await openHouse({
    settings: { GRAPH_NOTIFICATIONS: 'on', SESSION_SECRET: `newer-0123456789-abcdefghij-KLMNOP,${sessionSecret}` },
  })
  const before = Date.now()
  const value = [item({ clientState: rotated.services.clientStates[1] })]
  expect((await request(rotated.baseUrl).post('/hooks/graph').send({ value })).status).toBe(202)
  expect(rotated.services.watch.staleBefore()).toBeGreaterThanOrEqual(before)
})

test.each([
  [4_096, 200],
  [4_097, 415],
])('a validation token of %i characters is answered with %i', async (length, status) => {
  const answer = await request(house.baseUrl).post(`/hooks/graph?validationToken=${'x'.repeat(length)}`)
  expect(answer.status).toBe(status)
  if (status === 200) expect(answer.text).toHaveLength(length)
})

describe('a word about the subscription itself', () => {
  const word = (lifecycleEvent: unknown, over: Record<string, unknown> = {}) =>
    item({ changeType: undefined, resource: undefined, lifecycleEvent, ...over })
  const told = () => house.logged.map(line => JSON.parse(line)).filter(line => line.event === 'subscription-told')

  test.each(['reauthorizationRequired', 'subscriptionRemoved'])(
    '(%s) that is not the one in use changes nothing, and is logged',
    async what => {
      const before = [told().length, announcedAt(), house.tenant.calls.graph.subscriptions]
      expect((await notify({ value: [word(what)] })).status).toBe(202)
      expect(told().slice(before[0])).toMatchObject([{ what, inUse: false }])
      expect([announcedAt(), house.tenant.calls.graph.subscriptions]).toEqual(before.slice(1))
    },
  )

  test('that changes were missed has everybody asked about anew, whichever subscription it was', async () => {
    const before = announcedAt()
    expect((await notify({ value: [word('missed'), word('missed')] })).status).toBe(202)
    expect(announcedAt()).toBeGreaterThan(before)
  })

  test('that nobody knows yet is logged as other, not as it was written', async () => {
    const before = told().length
    expect((await notify({ value: [word('evil\n"line"')] })).status).toBe(202)
    expect(told().slice(before)).toMatchObject([{ what: 'other' }])
    expect(house.logged.join()).not.toContain('evil')
  })

  test('without our secret is refused', async () => {
    const before = [told().length, announcedAt()]
    expect((await notify({ value: [word('missed', { clientState: 'guess' })] })).status).toBe(403)
    expect([told().length, announcedAt()]).toEqual(before)
  })
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
