import request from 'supertest'
import { describe, expect } from 'vitest'
import { type House, openHouse, sessionSecret } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

const test = testIn({ settings: { GRAPH_NOTIFICATIONS: 'on' } })

const item = (house: House, over: Record<string, unknown> = {}) => ({
  changeType: 'updated',
  clientState: house.members.news.clientStates()[0],
  resource: `Groups/${house.tenant.groups.access}`,
  subscriptionId: '5e4ad3a5-6e3f-4a9c-a4a7-0cf0b9a9a111',
  tenantId: house.tenant.tenantId,
  ...over,
})
const notify = (house: House, body: unknown) =>
  request(house.baseUrl)
    .post('/hooks/graph')
    .send(body as object)
const announcedAt = (house: House) => house.members.news.staleBefore()

test('Graph is answered its validation token, as plain text and nothing else', async ({ house }) => {
  const answer = await request(house.baseUrl).post('/hooks/graph?validationToken=%3Cb%3Eopaque%3C%2Fb%3E')
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  expect(answer.text).toBe('<b>opaque</b>')
})

test('a notification of the group makes every membership stale', async ({ house }) => {
  const before = Date.now()
  expect((await notify(house, { value: [item(house)] })).status).toBe(202)
  expect(announcedAt(house)).toBeGreaterThanOrEqual(before)
})

test('a notification of ours counts among those of others, whatever is wrong with theirs', async ({ house }) => {
  const strange = { resource: 7 }
  const others = [item(house, { clientState: 'guess' }), strange, item(house, { tenantId: 'another' }), null, 'x']
  const before = announcedAt(house)
  expect((await notify(house, { value: [...others, item(house), ...others] })).status).toBe(202)
  expect(announcedAt(house)).toBeGreaterThan(before)
})

test('notifications of others count for nothing among ours', async ({ house }) => {
  const others = [item(house, { clientState: 'guess' }), item(house, { tenantId: 'another' })]
  const ours = item(house, { resource: 'Groups/00000000-1111-4222-8333-444444444444' })
  const before = announcedAt(house)
  expect((await notify(house, { value: [...others, ours] })).status).toBe(202)
  expect(announcedAt(house)).toBe(before)
})

test('a notification of the group counts beside a notification of another group, both under our secret', async ({
  house,
}) => {
  const ofAnother = item(house, { resource: 'Groups/00000000-1111-4222-8333-444444444444' })
  const before = announcedAt(house)
  expect((await notify(house, { value: [ofAnother, item(house), ofAnother] })).status).toBe(202)
  expect(announcedAt(house)).toBeGreaterThan(before)
})

test('a notification under an older secret that is still known is believed', async ({ house }) => {
  await using rotated = await openHouse({
    settings: { GRAPH_NOTIFICATIONS: 'on', SESSION_SECRET: `newer-0123456789-abcdefghij-KLMNOP,${sessionSecret}` },
  })
  const before = Date.now()
  const value = [item(house, { clientState: rotated.members.news.clientStates()[1] })]
  expect((await request(rotated.baseUrl).post('/hooks/graph').send({ value })).status).toBe(202)
  expect(rotated.members.news.staleBefore()).toBeGreaterThanOrEqual(before)
})

test.for([
  [4_096, 200],
  [4_097, 415],
] as const)('a validation token of %i characters is answered with %i', async ([length, status], { house }) => {
  const answer = await request(house.baseUrl).post(`/hooks/graph?validationToken=${'x'.repeat(length)}`)
  expect(answer.status).toBe(status)
  if (status === 200) expect(answer.text).toHaveLength(length)
})

describe('a word about the subscription itself', () => {
  const word = (house: House, lifecycleEvent: unknown, over: Record<string, unknown> = {}) =>
    item(house, { changeType: undefined, resource: undefined, lifecycleEvent, ...over })
  const told = (house: House) =>
    house.logged.map(line => JSON.parse(line)).filter(line => line.event === 'subscription-told')

  test.for(['reauthorizationRequired', 'subscriptionRemoved'])(
    '(%s) that is not the one in use changes nothing, and is logged',
    async (what, { house }) => {
      const before = [told(house).length, announcedAt(house), house.tenant.calls.graph.subscriptions]
      expect((await notify(house, { value: [word(house, what)] })).status).toBe(202)
      expect(told(house).slice(before[0])).toMatchObject([{ what, inUse: false }])
      expect([announcedAt(house), house.tenant.calls.graph.subscriptions]).toEqual(before.slice(1))
    },
  )

  test('that tells of missed changes has everybody asked about anew, whichever subscription it names', async ({
    house,
  }) => {
    const before = announcedAt(house)
    expect((await notify(house, { value: [word(house, 'missed'), word(house, 'missed')] })).status).toBe(202)
    expect(announcedAt(house)).toBeGreaterThan(before)
  })

  test('that nobody knows yet is logged as other, not as it was written', async ({ house }) => {
    const before = told(house).length
    expect((await notify(house, { value: [word(house, 'evil\n"line"')] })).status).toBe(202)
    expect(told(house).slice(before)).toMatchObject([{ what: 'other' }])
    expect(house.logged.join()).not.toContain('evil')
  })

  test('without our secret is refused', async ({ house }) => {
    const before = [told(house).length, announcedAt(house)]
    expect((await notify(house, { value: [word(house, 'missed', { clientState: 'guess' })] })).status).toBe(403)
    expect([told(house).length, announcedAt(house)]).toEqual(before)
  })
})

test('the same notification twice is harmless', async ({ house }) => {
  await notify(house, { value: [item(house)] })
  expect((await notify(house, { value: [item(house), item(house)] })).status).toBe(202)
})

const refused: [string, (house: House) => unknown][] = [
  ['without the secret of our subscription', house => ({ value: [item(house, { clientState: undefined })] })],
  ['with another secret', house => ({ value: [item(house, { clientState: 'guess' })] })],
  ['with an empty secret', house => ({ value: [item(house, { clientState: '' })] })],
  ['of another tenant', house => ({ value: [item(house, { tenantId: 'b3a7b4a1-0000-4000-8000-000000000000' })] })],
  ['with no items', () => ({ value: [] })],
  ['of another shape', () => ({ value: 'x' })],
  ['that is a list', () => []],
]
for (const [what, body] of refused)
  test(`a notification ${what} is refused and changes nothing`, async ({ house }) => {
    const before = announcedAt(house)
    expect((await notify(house, body(house))).status).toBe(403)
    expect(announcedAt(house)).toBe(before)
  })

test('a notification of another group is taken and changes nothing', async ({ house }) => {
  const before = announcedAt(house)
  expect(
    (await notify(house, { value: [item(house, { resource: 'Groups/00000000-1111-4222-8333-444444444444' })] })).status,
  ).toBe(202)
  expect(announcedAt(house)).toBe(before)
})

test('a body that is no JSON is a problem, not a crash', async ({ house }) => {
  const answer = await request(house.baseUrl)
    .post('/hooks/graph')
    .set('Content-Type', 'application/json')
    .send('{"value":')
  expect(answer.status).toBe(415)
})

test('a body that is too large is refused', async ({ house }) => {
  expect((await notify(house, { value: [item(house, { padding: 'x'.repeat(300_000) })] })).status).toBe(413)
})

test('a compressed body is refused', async ({ house }) => {
  const answer = await request(house.baseUrl)
    .post('/hooks/graph')
    .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
    .send('x')
  expect(answer.status).toBe(415)
})

test('only POST is open, and only while notifications are on', async ({ house }) => {
  expect((await request(house.baseUrl).get('/hooks/graph')).status).toBe(401)
  await using quiet = await openHouse()
  expect(
    (await request(quiet.baseUrl).post('/hooks/graph?validationToken=x').set('Sec-Fetch-Site', 'same-origin')).status,
  ).toBe(401)
})
