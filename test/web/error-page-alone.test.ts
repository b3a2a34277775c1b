import { describe, expect, test } from 'vitest'
import { endings } from '../../src/endings.ts'
import { Problem } from '../../src/errors.ts'
import { createErrorPage } from '../../src/web/error-page.ts'
import { admitting, aliceRecord, madeNow, madeRequest, madeResponse, ofAForm } from './made-request.ts'

const baseUrl = 'https://admin.example'
const page = { 'sec-fetch-mode': 'navigate', accept: 'text/html' }
const script = { 'sec-fetch-mode': 'cors', accept: 'application/json' }
const on = { state: 'on', until: madeNow + 3_600_000 }

/** The one gate of a house where access stands like this. */
function gatesOf(access: { state?: string }) {
  const members = { name: 'members', title: 'Admins', settings: { selfService: true }, accessNow: () => access }
  return { all: [members], named: () => members, isIn: () => access.state === 'on' } as never
}

type Come = {
  asked?: Parameters<typeof madeRequest>[0]
  locals?: object
  hasBegun?: boolean
  /** `landed`: a guard has admitted the request. */
  who?: 'nobody' | 'signed-in' | 'landed'
  access?: { state: string; until?: number }
}

/** How a request ends with which this went wrong. */
async function endedBy(thrown: unknown, come: Come = {}) {
  const { asked = { headers: page }, locals = {}, hasBegun = false, who = 'landed', access = on } = come
  const request = madeRequest({ url: '/sessions?x=1', ...asked })
  const { response, answered } = madeResponse(request)
  Object.assign(response.locals, locals)
  Object.assign(response, { headersSent: hasBegun })
  if (who === 'landed') await admitting()(request, response, () => {})
  const errorPage = createErrorPage({
    chrome: { environmentName: 'Staging', selfService: true },
    navigation: ({ isIn, path }) => [{ href: '/', label: `${isIn('members')} ${path}`, isCurrent: false }],
    sessions: { recordOf: () => (who === 'nobody' ? undefined : aliceRecord) } as never,
    baseUrl,
    clock: () => new Date(madeNow),
    gates: gatesOf(access),
  })
  await errorPage(thrown, request, response, () => {})
  return { answered, name: errorPage.name, length: errorPage.length }
}

test('the step has the name by which the staircase knows it, and is known to Express as the step of errors', async () => {
  const { name, length } = await endedBy(new Error('bug'))
  expect([name, length]).toEqual(['errorPage', 4])
})

describe('a problem', () => {
  const problem = new Problem('redis-away')

  test('is a page for a person, with the status of the problem', async () => {
    const { answered } = await endedBy(problem)
    const { title, detail, act, status } = endings['redis-away']
    expect(answered.status).toBe(status)
    expect(answered.shown).toMatchObject({
      chrome: { environmentName: 'Staging' },
      person: { name: 'Alice Lindqvist', username: 'alice@contoso.example' },
      title,
      page: 'notice',
    })
    expect(answered.shown?.model).toEqual({ title, detail, act, reference: 'REFERENCE', returnTo: '/sessions?x=1' })
  })

  test('is a problem for a script', async () => {
    const { answered } = await endedBy(problem, { asked: { headers: script } })
    expect([answered.headers['content-type'], answered.shown]).toEqual(['application/problem+json', undefined])
    expect(JSON.parse(answered.text as string)).toMatchObject({ code: 'redis-away', reference: 'REFERENCE' })
  })

  test('of ours is logged as an error', async () => {
    expect((await endedBy(problem)).answered.logged).toEqual([
      { level: 'error', event: 'problem', code: 'redis-away', error: problem },
    ])
  })

  test('of a visitor is logged as news', async () => {
    expect((await endedBy(new Problem('not-found'))).answered.logged).toMatchObject([
      { level: 'info', code: 'not-found' },
    ])
  })

  test('that nobody foresaw is logged with its cause', async () => {
    const cause = new Error('bug')
    expect((await endedBy(cause)).answered.logged).toMatchObject([
      { level: 'error', code: 'unexpected', error: { cause } },
    ])
  })

  test('with status 500 is logged as an error', async () => {
    const { answered } = await endedBy(new Problem('unexpected'))
    expect([answered.status, answered.logged]).toMatchObject([500, [{ level: 'error' }]])
  })

  test('that passes by itself says when to ask again', async () => {
    expect([
      (await endedBy(problem)).answered.headers['retry-after'],
      (await endedBy(new Problem('not-found'))).answered.headers['retry-after'],
    ]).toEqual(['15', undefined])
  })

  test('in the middle of an answer cuts the answer off', async () => {
    const { answered } = await endedBy(problem, { hasBegun: true })
    expect([answered.isDestroyed, answered.shown, answered.text]).toEqual([true, undefined, undefined])
  })

  test('before an answer cuts nothing off', async () => {
    expect((await endedBy(problem)).answered.isDestroyed).toBe(false)
  })
})

describe('a form meets', () => {
  const form = { method: 'POST', url: '/send', headers: ofAForm }
  const isPage = async (code: Problem['code'], come: Come) =>
    (await endedBy(new Problem(code), come)).answered.shown !== undefined

  test.each<[what: string, code: Problem['code'], come: Come, isPage: boolean]>([
    ['a problem in JSON', 'redis-away', { asked: form }, false],
    ['words where it was sent before', 'form-sent', { asked: form }, true],
    ['JSON where a script sent it before', 'form-sent', { asked: { ...form, headers: script } }, false],
    ['words on the way to Entra', 'entra-unreachable', { asked: form, locals: { isForm: true } }, true],
    ['JSON on the way to Entra of a script', 'entra-unreachable', { asked: form, locals: { isForm: false } }, false],
    ['words when it signs out', 'sign-out-unconfirmed', { asked: { ...form, url: '/auth/sign-out' } }, true],
    [
      'JSON when a script signs out',
      'sign-out-unconfirmed',
      { asked: { method: 'POST', url: '/auth/sign-out', headers: script } },
      false,
    ],
  ])('%s', async (_what, code, come, expected) => {
    expect(await isPage(code, come)).toBe(expected)
  })
})

describe('the page leads', () => {
  const modelOf = async (problem: Problem, come: Come = {}) => (await endedBy(problem, come)).answered.shown?.model

  test('to the page that was asked for', async () => {
    expect(await modelOf(new Problem('redis-away'))).toMatchObject({ returnTo: '/sessions?x=1' })
  })

  test('to the page that the request was about', async () => {
    expect(await modelOf(new Problem('redis-away'), { locals: { returnTo: '/approvals' } })).toMatchObject({
      returnTo: '/approvals',
      act: endings['redis-away'].act,
    })
  })

  test('to the page that the problem names, to try again', async () => {
    const problem = new Problem('sign-in-cancelled', { facts: { returnTo: '/access' } })
    const model = await modelOf(problem, { locals: { returnTo: '/approvals' } })
    expect(model).toMatchObject({ returnTo: '/access', act: { href: '' } })
  })

  test('through signing in to the page first asked for', async () => {
    expect(await modelOf(new Problem('sign-in-cancelled'))).toMatchObject({
      act: { href: '/auth/sign-in?returnTo=%2Fsessions%3Fx%3D1' },
    })
  })
})

describe('the page of bad news says', () => {
  const shownFor = async (come: Come, problem = new Problem('not-found')) =>
    (await endedBy(problem, come)).answered.shown

  test('until when access is on, and shows members their pages', async () => {
    expect(await shownFor({})).toMatchObject({
      bar: { until: { iso: new Date(madeNow + 3_600_000).toISOString() }, returnTo: '/sessions?x=1', canAct: true },
      nav: [{ label: 'true undefined' }],
    })
  })

  test('nothing of access where it is off, and shows no members’ pages', async () => {
    const shown = await shownFor({ access: { state: 'off' } })
    expect([shown?.bar, shown?.nav]).toMatchObject([undefined, [{ label: 'false undefined' }]])
  })

  test('nothing of access to somebody whom no guard has admitted', async () => {
    const shown = await shownFor({ who: 'signed-in' })
    expect([shown?.bar, shown?.nav]).toMatchObject([undefined, [{ label: 'false undefined' }]])
  })

  test('nothing of anybody to people who are not signed in', async () => {
    const shown = await shownFor({ who: 'nobody' })
    expect([shown?.person, shown?.bar, shown?.nav]).toEqual([undefined, undefined, []])
  })

  test.each(['membership-unknown', 'not-a-member', 'access-ended'] as const)(
    'nothing that contradicts it: %s',
    async code => {
      expect((await shownFor({}, new Problem(code)))?.bar).toBeUndefined()
    },
  )
})
