import { gzipSync } from 'node:zlib'
import type { RequestHandler } from 'express'
import request from 'supertest'
import { describe, expect, test, vi } from 'vitest'
import { Problem } from '../../src/errors.ts'
import { bodyProblem, forms, formsBehind } from '../../src/web/forms.ts'
import { stepsAlone } from './steps-alone.ts'

const urlEncoded = 'application/x-www-form-urlencoded'
const tellForm: RequestHandler = (asked, response) => void response.json(asked.body ?? 'nothing')

describe('a form', () => {
  const sent = async (body: string, headers: Record<string, string> = { 'Content-Type': urlEncoded }) => {
    const { text } = await request(stepsAlone(forms, tellForm)).post('/').set(headers).send(body)
    return text.startsWith('{') || text.startsWith('"') ? JSON.parse(text) : text
  }

  test('is read as plain fields', async () => {
    expect(await sent('a=1&a=2&b[c]=3')).toEqual({ a: ['1', '2'], 'b[c]': '3' })
  })

  test('without fields may send no body and no type', async () => {
    const { status } = await request(stepsAlone(forms, tellForm)).post('/').set('Content-Length', '0')
    expect(status).toBe(200)
  })

  test('without fields may come with another type', async () => {
    const headers = { 'Content-Length': '0', 'Content-Type': 'text/plain' }
    expect((await request(stepsAlone(forms, tellForm)).post('/').set(headers)).status).toBe(200)
  })

  test.each<[string, Record<string, string>]>([
    ['JSON', { 'Content-Type': 'application/json' }],
    ['plain text', { 'Content-Type': 'text/plain' }],
    ['a compressed form', { 'Content-Type': urlEncoded, 'Content-Encoding': 'gzip' }],
    ['a form in another alphabet', { 'Content-Type': `${urlEncoded}; charset=utf-16` }],
  ])('is not %s', async (_what, headers) => {
    expect(await sent('a=1', headers)).toBe('form-not-accepted')
  })

  test('is not unpacked, also where it was well packed', async () => {
    const headers = { 'Content-Type': urlEncoded, 'Content-Encoding': 'gzip' }
    const to = request(stepsAlone(forms, tellForm)).post('/').set(headers)
    const { text } = await to.serialize(body => body).send(gzipSync('a=1'))
    expect(text).toBe('form-not-accepted')
  })

  test('has up to 16 kB', async () => {
    const ofLength = (length: number) => `x=${'y'.repeat(length - 2)}`
    expect([await sent(ofLength(16 * 1024 + 1)), (await sent(ofLength(16 * 1024))).x.length]).toEqual([
      'form-too-large',
      16 * 1024 - 2,
    ])
  })

  test('has up to 50 fields', async () => {
    const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join('&')
    expect([await sent(fields(51)), Object.keys(await sent(fields(50))).length]).toEqual(['form-too-large', 50])
  })

  test('is read by a step that has a name', () => {
    expect(forms.name).toBe('forms')
  })
})

describe('a form behind the gate', () => {
  const reloadFailed = new Problem('redis-away')

  /** What a form meets that takes this long to arrive, and which of the second looks it got. */
  async function arrivedAfter(ms: number, { fails = false, body = 'a=1' } = {}) {
    const looks: string[] = []
    const guard: RequestHandler = (_request, _response, next) => {
      looks.push('guard')
      next()
    }
    const reload = async () => {
      looks.push('reload')
      if (fails) throw reloadFailed
    }
    using _clock = vi
      .spyOn(performance, 'now')
      .mockReturnValue(5_000 + ms)
      .mockReturnValueOnce(5_000)
    const to = request(stepsAlone(formsBehind(guard, { reload }), tellForm)).post('/')
    const { text } = await to.set('Content-Type', urlEncoded).send(body)
    return { text, looks }
  }

  test('is taken where it arrives within a second', async () => {
    expect(await arrivedAfter(999)).toEqual({ text: '{"a":"1"}', looks: [] })
  })

  test('passes the gate once more where it arrives later, with the session as it is by then', async () => {
    expect(await arrivedAfter(1_000)).toEqual({ text: '{"a":"1"}', looks: ['reload', 'guard'] })
  })

  test('is not taken where the session cannot be loaded again', async () => {
    expect(await arrivedAfter(1_000, { fails: true })).toEqual({ text: 'redis-away', looks: ['reload'] })
  })

  test('that cannot be read passes no gate again', async () => {
    const body = `x=${'y'.repeat(17_000)}`
    expect(await arrivedAfter(9_000, { body })).toEqual({ text: 'form-too-large', looks: [] })
  })
})

describe('what a parser throws', () => {
  const thrown = (status: number) => Object.assign(new Error('parser'), { status })

  test.each([
    [413, 'form-too-large'],
    [400, 'form-not-accepted'],
    [415, 'form-not-accepted'],
  ])('with status %i is a problem: %s', (status, code) => {
    const cause = thrown(status)
    expect(bodyProblem(cause)).toMatchObject({ code, cause })
  })

  test.each([[thrown(500)], [new Error('bug')], [{ status: 413 }], ['text'], [undefined]])(
    'rises as it is when it is something else: %s',
    what => {
      expect(bodyProblem(what)).toBe(what)
    },
  )
})
