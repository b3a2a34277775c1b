import express from 'express'
import request from 'supertest'
import { expect, test } from 'vitest'
import { createAssets } from '../../../src/web/entrance/assets.ts'

const app = express().use(createAssets({ environment: { name: undefined, colour: undefined } }))
const styleSheet = (headers: Record<string, string> = {}) => request(app).get('/assets/site.css').set(headers)

test('a browser that has the file hears that it is still the same', async () => {
  const { etag } = (await styleSheet()).headers
  expect((await styleSheet({ 'If-None-Match': etag ?? '' })).status).toBe(304)
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
