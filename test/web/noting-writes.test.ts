import { request as send } from 'node:http'
import { expect } from 'vitest'
import { pages } from '../../src/pages.ts'
import { get, post, type Reply, redirect } from '../../src/web/page.ts'
import { observedIn, recordsOf } from '../support/self-service.ts'
import { eventsIn } from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'

const answering = (controller: () => Reply | Promise<Reply>) => Promise.resolve({ default: () => controller })
const home = answering(() => redirect('/'))
const broken = answering(() => {
  throw new Error('broken')
})
let begun = () => {}
const endless = answering(() => {
  begun()
  return new Promise(() => {})
})
const table = await Promise.all([
  ...pages,
  get('/refunds/:id', 'members', home),
  post('/refunds/:id', 'members', home),
  post('/refunds/:id/fail', 'members', broken),
  post('/refunds/:id/endless', 'members', endless),
  post('/for-all/:id', 'signed-in', home),
])
const test = testIn({ pages: table })

const hostile = `/refunds/${encodeURIComponent('a"},{"event":"erasure","page":"<script>')}`
const form = { account: 'DE00 1234', note: '<b>x</b>' }

test('a form of a member is recorded: who, where, with which answer, and nothing of what was sent', async ({
  house,
}) => {
  const alice = await house.visitor('alice')
  await alice.post(`${hostile}?q=secret-query`, form)
  await expect.poll(() => observedIn(house, 'wrote')).toHaveLength(1)
  const [record, ...others] = await observedIn(house, 'wrote')
  const { v: _v, at: _at, seq: _seq, personal: _personal, actor, ...rest } = record
  expect(rest).toEqual({ event: 'wrote', gate: 'members', page: '/refunds/:id', method: 'POST', status: 303 })
  expect([actor.objectId, others]).toEqual([house.tenant.people.find(({ key }) => key === 'alice')?.oid, []])
  expect(JSON.stringify(record)).not.toMatch(/secret-query|DE00|<b>|script|erasure/)
})

test('a form that fails is recorded with its status', async ({ house }) => {
  const alice = await house.visitor('alice')
  await alice.post('/refunds/8841/fail', form)
  await expect
    .poll(async () => (await observedIn(house, 'wrote')).at(-1))
    .toMatchObject({ page: '/refunds/:id/fail', status: 500 })
})

test('a form whose sender does not wait for the answer is recorded', async ({ house }) => {
  const alice = await house.visitor('alice')
  const cookie = [...alice.cookies()].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin', 'Content-Length': '0' }
  const left = send(`${house.baseUrl}/refunds/8841/endless`, { method: 'POST', headers }).on('error', () => {})
  begun = () => left.destroy()
  left.end()
  await expect
    .poll(async () => (await observedIn(house, 'wrote')).at(-1))
    .toMatchObject({ page: '/refunds/:id/endless', status: 'aborted' })
})

test.for([
  ['a page that is only looked at', 'alice', 'get', '/refunds/8841'],
  ['a form for everyone who is signed in', 'alice', 'post', '/for-all/8841'],
  ['a form that the gate refuses', 'oskar', 'post', '/refunds/8841'],
  ['a form that is not there', 'alice', 'post', '/nowhere'],
] as const)('nothing is recorded of %s', async ([_what, key, method, path], { house }) => {
  const before = (await observedIn(house, 'wrote')).length
  const visitor = await house.visitor(key)
  await visitor[method](path)
  // One that is recorded comes after it.
  await (await house.visitor('alice')).post('/refunds/1')
  await expect.poll(async () => (await observedIn(house, 'wrote')).length).toBeGreaterThan(before)
  expect(await observedIn(house, 'wrote')).toHaveLength(before + 1)
})

test('a form is answered although nothing can be recorded, and the loss is logged', async ({ house }) => {
  const alice = await house.visitor('alice')
  const records = recordsOf(house)
  await house.redis.rename(records, `${records}-aside`)
  await house.redis.set(records, 'not a stream')
  expect((await alice.post('/refunds/8841', form)).status).toBe(303)
  await expect.poll(() => eventsIn(house.logged, 'observation-lost').length).toBe(1)
  await house.redis.rename(`${records}-aside`, records)
  const oid = house.tenant.people.find(({ key }) => key === 'alice')?.oid
  expect(eventsIn(house.logged, 'observation-lost').at(-1)).toMatchObject({ kind: 'wrote', gate: 'members', oid })
})
