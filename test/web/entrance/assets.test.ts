import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { createAssets } from '../../../src/web/entrance/assets.ts'
import { stepsAlone } from '../steps-alone.ts'

const assetsIn = (colour: string | undefined) => createAssets({ environment: { name: undefined, colour } })
const app = stepsAlone(assetsIn(undefined))
const coloured = stepsAlone(assetsIn('#a4262c'))
const styleSheet = (headers: Record<string, string> = {}) => request(app).get('/assets/site.css').set(headers)

test('the step has the name by which the staircase knows it', () => {
  expect(assetsIn(undefined).name).toBe('assets')
})

describe('a file', () => {
  test('is sent to whoever asks', async () => {
    const { status, headers } = await styleSheet()
    expect([status, headers['content-type']]).toEqual([200, 'text/css; charset=utf-8'])
  })

  test('is kept by browsers, but asked about each time', async () => {
    expect((await styleSheet()).headers['cache-control']).toBe('public, no-cache')
  })

  test('is still the same for a browser that has it', async () => {
    const { etag } = (await styleSheet()).headers
    expect((await styleSheet({ 'If-None-Match': etag ?? '' })).status).toBe(304)
  })

  test('is sent for no other verb than GET', async () => {
    for (const method of ['head', 'post', 'options'] as const)
      expect((await request(app)[method]('/assets/site.css')).status).toBe(299)
  })

  test('is found by no other spelling of the folder', async () => {
    expect((await request(app).get('/Assets/site.css')).status).toBe(299)
  })

  test('that there is not leads on', async () => {
    expect((await request(app).get('/assets/nothing.css')).status).toBe(299)
  })
})

test('the folder of the files is no page, and leads to none', async () => {
  for (const path of ['/assets', '/assets/']) expect((await request(app).get(path)).status).toBe(299)
})

test('a path outside the folder is no file', async () => {
  expect((await request(app).get('/site.css')).status).toBe(299)
})

describe('the colour of the environment', () => {
  const ask = (from = coloured) => request(from).get('/assets/environment.css')

  test('is a style sheet of its own', async () => {
    const { status, headers, text } = await ask()
    expect([status, headers['content-type'], text]).toEqual([
      200,
      'text/css; charset=utf-8',
      ':root { --environment: #a4262c; }\n',
    ])
  })

  test('is an empty style sheet where none is set', async () => {
    const { status, headers, text } = await ask(app)
    expect([status, headers['content-type'], text]).toEqual([200, 'text/css; charset=utf-8', ''])
  })

  test('is kept by browsers, but asked about each time', async () => {
    expect((await ask()).headers['cache-control']).toBe('public, no-cache')
  })

  test('is told to no other verb than GET', async () => {
    expect((await request(coloured).post('/assets/environment.css')).status).toBe(299)
  })
})

// What a stranger sends must not count as an error of ours: operators are alerted by those.
test.each([
  ['Range', 'bytes=900000000-'],
  ['Range', 'bytes=0-10'],
  ['If-Match', '"another"'],
  ['If-Unmodified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
])('a request with %s: %s gets the whole file', async (name, value) => {
  const [whole, answer] = [await styleSheet(), await styleSheet({ [name]: value })]
  expect([answer.status, answer.text]).toEqual([200, whole.text])
})
