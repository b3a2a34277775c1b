import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { pages } from '../../src/pages.ts'
import { post, redirect } from '../../src/web/page.ts'
import { type House, openHouse } from '../support/house.ts'
import { testIn } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { raw } from './raw.ts'

let member: string
/** What the form of the last post was read as. */
const read: unknown[] = []
const test = testIn(async () => {
  const keep = ({ form }: { form: unknown }) => {
    read.push(form)
    return redirect('/')
  }
  const kept = await post('/kept', 'members', Promise.resolve({ default: () => keep }))
  return openHouse({ pages: [...pages, kept] })
})
test.beforeAll(async ({ house }) => {
  member = (await house.visitor('alice')).cookieHeader()
})

type Body = string | Buffer | undefined
const urlEncoded = 'application/x-www-form-urlencoded'
const text = 'returnTo=%2Fsessions'
const send = (house: House, body: Body, headers: Record<string, string>, cookie = member) =>
  raw(house.baseUrl, {
    method: 'POST',
    target: '/kept',
    ...(body !== undefined && { body }),
    headers: { 'Sec-Fetch-Site': 'same-origin', ...headers, ...(cookie && { Cookie: cookie }) },
  })

const bodies: [what: string, body: Body, headers: Record<string, string>, status: number, code?: string][] = [
  ['a form', text, { 'Content-Type': urlEncoded }, 303],
  ['a form in UTF-8', text, { 'Content-Type': `${urlEncoded}; charset=utf-8` }, 303],
  ['a form without fields', '', { 'Content-Type': urlEncoded }, 303],
  ['nothing', undefined, {}, 303],
  ['a form in another alphabet', text, { 'Content-Type': `${urlEncoded}; charset=utf-16` }, 415, 'form-not-accepted'],
  ['JSON', '{"returnTo":"/"}', { 'Content-Type': 'application/json' }, 415, 'form-not-accepted'],
  ['plain text', text, { 'Content-Type': 'text/plain' }, 415, 'form-not-accepted'],
  ['a form with files', text, { 'Content-Type': 'multipart/form-data; boundary=x' }, 415, 'form-not-accepted'],
  ['a body without a type', text, {}, 415, 'form-not-accepted'],
  ['a type that is none', text, { 'Content-Type': 'nonsense' }, 415, 'form-not-accepted'],
  ['gzip', gzipSync(text), { 'Content-Type': urlEncoded, 'Content-Encoding': 'gzip' }, 415, 'form-not-accepted'],
  [
    'deflate',
    deflateSync(text),
    { 'Content-Type': urlEncoded, 'Content-Encoding': 'deflate' },
    415,
    'form-not-accepted',
  ],
  [
    'brotli',
    brotliCompressSync(text),
    { 'Content-Type': urlEncoded, 'Content-Encoding': 'br' },
    415,
    'form-not-accepted',
  ],
  ['an encoding that is none', text, { 'Content-Type': urlEncoded, 'Content-Encoding': 'x' }, 415, 'form-not-accepted'],
  ['too much text', `x=${'y'.repeat(16_400)}`, { 'Content-Type': urlEncoded }, 413, 'form-too-large'],
  ['too many fields', 'a=b&'.repeat(60), { 'Content-Type': urlEncoded }, 413, 'form-too-large'],
  ['a megabyte', 'y'.repeat(1_000_000), { 'Content-Type': urlEncoded }, 413, 'form-too-large'],
]

describe('a member sends', () => {
  test.for(bodies)('%s', async ([_what, body, headers, status, code], { house }) => {
    const before = read.length
    const answer = await send(house, body, headers)
    expect(answer.status).toBe(status)
    if (code) expect(JSON.parse(answer.text)).toMatchObject({ status, code })
    expect(read.length - before).toBe(code ? 0 : 1)
  })
})

describe('someone who is not signed in is told so, whatever they send', () => {
  test.for(bodies)('%s', async ([_what, body, headers], { house }) => {
    const before = read.length
    expect((await send(house, body, headers, '')).status).toBe(401)
    expect(read.length).toBe(before)
  })
})

test('a form is read as plain fields, brackets and all', async ({ house }) => {
  await send(house, 'a=1&a=2&b[c]=3&__proto__[d]=4&constructor=5&e', { 'Content-Type': urlEncoded })
  const form = read.at(-1) as Record<string, unknown>
  expect(Object.entries(form)).toEqual(
    expect.arrayContaining([
      ['a', ['1', '2']],
      ['b[c]', '3'],
      ['e', ''],
    ]),
  )
  expect(({} as Record<string, unknown>).d).toBeUndefined()
})

test('an outsider’s form is not read', async ({ house }) => {
  const oskar = (await house.visitor('oskar')).cookieHeader()
  const before = read.length
  expect((await send(house, text, { 'Content-Type': urlEncoded }, oskar)).status).toBe(403)
  expect(read.length).toBe(before)
})

describe('a form that arrives late', () => {
  const cases: [what: string, meanwhile: (house: House, visitor: Visitor) => Promise<unknown>, status: number][] = [
    ['is taken while nothing has changed', async () => {}, 303],
    ['is not taken from whoever signed out meanwhile', (_house, alice) => alice.post('/auth/sign-out'), 401],
    [
      'is not taken from a session that was ended elsewhere meanwhile',
      async house => (await house.visitor('alice')).post('/sessions/end', { which: 'all' }),
      401,
    ],
    [
      'is not taken from somebody who was removed meanwhile',
      async house => {
        house.tenant.end('alice')
        house.clock.advance({ minutes: 2 })
      },
      403,
    ],
  ]
  test.for(cases)('%s', async ([_what, meanwhile, status], { house }) => {
    const alice = await house.visitor('alice')
    read.length = 0
    const answer = await raw(house.baseUrl, {
      method: 'POST',
      target: '/kept',
      body: text,
      headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': urlEncoded, Cookie: alice.cookieHeader() },
      // Longer than a form may take that is not looked at again.
      meanwhile: async () => {
        await new Promise(resolve => setTimeout(resolve, 1_100))
        await meanwhile(house, alice)
      },
    })
    expect([answer.status, read.length]).toEqual([status, status === 303 ? 1 : 0])
  })
})
