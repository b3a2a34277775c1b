import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { type Door, exactly } from '../../../src/web/entrance/exactly.ts'
import { stepsAlone } from '../steps-alone.ts'

const open: Door['open'] = (_request, response) => void response.send('open')
const router = exactly('doors', [
  { method: 'get', path: '/look', open },
  { method: 'post', path: '/send', open },
  { method: 'get', path: '/probe', open, alsoHead: true },
])
const app = stepsAlone(router)

test('the router has the name that it was given', () => {
  expect(router.name).toBe('doors')
})

test('each door opens for its own verb', async () => {
  expect((await request(app).get('/look')).text).toBe('open')
  expect((await request(app).post('/send')).text).toBe('open')
})

test('a door for probes opens for GET and for HEAD', async () => {
  expect((await request(app).get('/probe')).status).toBe(200)
  expect((await request(app).head('/probe')).status).toBe(200)
})

describe('no door opens', () => {
  test.each([
    ['head', '/look'],
    ['post', '/look'],
    ['options', '/look'],
    ['get', '/send'],
    ['head', '/send'],
    ['post', '/probe'],
    ['options', '/probe'],
    ['get', '/LOOK'],
    ['get', '/look/'],
    ['get', '/look/x'],
  ] as const)('for %s %s', async (method, path) => {
    expect((await request(app)[method](path)).status).toBe(299)
  })
})
