import { describe, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../src/clock.ts'
import {
  gateNamed,
  isAheadOfTime,
  isFormOfPage,
  isNavigation,
  isPlainTarget,
  leftMs,
  ownPath,
  pathOn,
  prefersHtml,
  returnPath,
  signInPath,
  turningOnPath,
  wantedReturn,
  whoOf,
} from '../../src/web/request.ts'
import { aliceIdentity, aliceRecord, madeRequest, madeResponse } from './made-request.ts'

const html = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'
const json = 'application/json'

describe('a browser goes somewhere', () => {
  test.each<[method: string, headers: Record<string, string>]>([
    ['GET', { 'sec-fetch-mode': 'navigate', accept: json }],
    ['HEAD', { 'sec-fetch-mode': 'navigate', accept: html }],
    ['GET', { accept: html }],
    ['HEAD', { accept: html }],
  ])('by %s with %j', (method, headers) => {
    expect(isNavigation(madeRequest({ method, headers }))).toBe(true)
  })
})

describe('a browser goes nowhere', () => {
  test.each<[method: string, headers: Record<string, string>]>([
    ['GET', { 'sec-fetch-mode': 'cors', accept: html }],
    ['GET', { 'sec-fetch-mode': '', accept: html }],
    ['GET', { accept: json }],
    ['GET', { accept: '*/*' }],
    ['GET', {}],
    ['POST', { 'sec-fetch-mode': 'navigate', accept: html }],
    ['OPTIONS', { 'sec-fetch-mode': 'navigate', accept: html }],
  ])('by %s with %j', (method, headers) => {
    expect(isNavigation(madeRequest({ method, headers }))).toBe(false)
  })
})

describe('a request would rather have', () => {
  test.each([
    [html, true],
    ['application/json, text/html;q=0.9', false],
    ['*/*', false],
    ['text/plain', false],
  ])('%s: a page, %s', (accept, isPage) => {
    expect(prefersHtml(madeRequest({ headers: { accept } }))).toBe(isPage)
  })
})

describe('nobody has come yet', () => {
  test.each<[method: string, headers: Record<string, string>]>([
    ['HEAD', {}],
    ['GET', { 'sec-purpose': 'prefetch;prerender' }],
    ['GET', { purpose: 'prefetch' }],
    ['GET', { 'x-purpose': 'preview' }],
    ['GET', { 'x-moz': 'Prefetch' }],
  ])('by %s with %j', (method, headers) => {
    expect(isAheadOfTime(madeRequest({ method, headers }))).toBe(true)
  })
})

describe('somebody has come', () => {
  test.each<[method: string, headers: Record<string, string>]>([
    ['GET', {}],
    ['GET', { 'sec-purpose': 'not-prefetch' }],
    ['GET', { 'sec-purpose': 'prefetched' }],
    ['POST', { purpose: '' }],
  ])('by %s with %j', (method, headers) => {
    expect(isAheadOfTime(madeRequest({ method, headers }))).toBe(false)
  })
})

describe('a form of a page', () => {
  const sent = { 'sec-fetch-mode': 'navigate', accept: html }
  test('is a POST with which a browser goes somewhere, to see a page', () => {
    expect(isFormOfPage(madeRequest({ method: 'POST', headers: sent }))).toBe(true)
  })
  test.each<[what: string, method: string, headers: Record<string, string>]>([
    ['another verb', 'GET', sent],
    ['a script', 'POST', { ...sent, 'sec-fetch-mode': 'cors' }],
    ['a caller that says nothing of its mode', 'POST', { accept: html }],
    ['a caller that wants JSON', 'POST', { ...sent, accept: json }],
  ])('is not sent by %s', (_what, method, headers) => {
    expect(isFormOfPage(madeRequest({ method, headers }))).toBe(false)
  })
})

describe('a page waits', () => {
  test('for whoever asked, from the beginning of the request on', () => {
    const { response } = madeResponse()
    expect(whoOf(aliceRecord, madeRequest(), response)).toEqual({
      identity: aliceIdentity,
      sessionId: 'session-id',
      waitsUntil: 1_000 + pageWaitMs,
    })
  })
  test.each([
    [1_000, pageWaitMs],
    [1_400, pageWaitMs - 400],
    [1_000 + pageWaitMs, 0],
    [9_000 + pageWaitMs, 0],
  ])('so that at %i there are %i ms left', (at, left) => {
    using clock = vi.spyOn(performance, 'now').mockReturnValue(at)
    expect([leftMs(madeResponse().response), clock.mock.calls.length]).toEqual([left, 1])
  })
})

describe('a target is plain', () => {
  test.each([
    '/',
    '/sessions',
    '/sessions?x=//y/../%2f',
    '/a-b_c.d~e',
    '/reports/%C3%A9t%C3%A9',
    '/a;b,c=d@e:f',
    '/...',
    '/.a',
  ])('%s', target => {
    expect(isPlainTarget(target)).toBe(true)
  })
})

describe('a target is not plain', () => {
  test.each([
    '',
    '*',
    'x',
    'x/sessions',
    '//',
    '/a//b',
    '/.',
    '/..',
    '/a/../b',
    '/a/.',
    '/%2e',
    '/%2F',
    '/%5C',
    '/\\',
    '/%00',
    '/%1f',
    '/%7F',
  ])('%j', target => {
    expect(isPlainTarget(target)).toBe(false)
  })
  test.each([
    '/%',
    '/%zz',
    '/%25',
    '/%ff',
    '/%c0%ae',
    '/a#b',
    '/?a#b',
    '/a b',
    '/é',
    '/a\n',
    '/a\u0000',
    '/a"b',
    '/<a>',
    '/a|b',
  ])('%j', target => {
    expect(isPlainTarget(target)).toBe(false)
  })
})

const origin = 'https://admin.example.com'

describe('the way back after signing in', () => {
  test.each([
    ['/', '/'],
    ['/sessions', '/sessions'],
    ['/sessions?from=mail&x=%2F', '/sessions?from=mail&x=%2F'],
    ['/sessions#part', '/sessions'],
    ['/reports/7?x=https://evil.example', '/reports/7?x=https://evil.example'],
    [`/${'a'.repeat(499)}`, `/${'a'.repeat(499)}`],
    ['/authors', '/authors'],
    ['/a/auth/b', '/a/auth/b'],
    ['/authority/x', '/authority/x'],
    ['/a/hooks', '/a/hooks'],
  ])('%s leads to %s', (wish, path) => {
    expect(returnPath(wish, origin)).toBe(path)
  })

  test.each([
    [undefined],
    [['/sessions', '/']],
    [{ href: '/sessions' }],
    [''],
    ['sessions'],
    ['https://evil.example/'],
    [`${origin}/sessions`],
    [`${origin}.evil.example/`],
    ['javascript:alert(1)'],
    ['//evil.example'],
    ['//evil.example/sessions'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['/\\/evil.example'],
    ['\\\\evil.example'],
    ['/sessions\\end'],
    ['/ses\tsions'],
    ['/sessions\n'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['/%09/evil.example'],
    ['/.//evil.example'],
    ['/..//evil.example'],
    ['/a/..//evil.example'],
    ['/%2e%2e//evil.example'],
    ['/%2f/evil.example'],
    ['/%5cevil.example'],
    ['/a%0d%0aSet-Cookie:x'],
    ['/@evil.example//'],
    ['/auth/sign-in'],
    ['/auth/sign-out'],
    ['/auth'],
    ['/AUTH/callback'],
    ['/./auth/sign-in'],
    ['/x/../auth/sign-in'],
    ['/hooks/graph'],
    ['/health/live'],
    ['/assets/site.css'],
    [`/${'a'.repeat(500)}`],
    [`/?${'é'.repeat(90)}`],
  ])('%j leads to the start page', wish => {
    expect(returnPath(wish, origin)).toBe('/')
  })

  test.each(['/sessions', '//evil.example', '/\\evil.example', '/x\r\n//y', '/..//z', '/%2e%2e//z', '/\u2028//'])(
    '%j never leaves this origin',
    wish => {
      const path = returnPath(wish, origin)
      expect(new URL(path, origin).origin).toBe(origin)
      expect(path).toMatch(/^\/(?![/\\])/)
    },
  )
})

const config = { baseUrl: origin }

describe('the page that a form names to go on to', () => {
  test.each([
    [{ returnTo: '/sessions' }, '/sessions'],
    [{ returnTo: 'https://evil.example/' }, '/'],
    [{ returnTo: '/access/turning-on' }, '/'],
    [{ returnTo: '/access/turning-on?returnTo=%2Fsessions' }, '/'],
    [{ returnTo: '/my/access/turning-on' }, '/my/access/turning-on'],
    [{ returnTo: '/access' }, '/access'],
  ])('as %j is %s', (form, path) => {
    expect(wantedReturn(form, config)).toBe(path)
  })
  test.each([[{}], [{ returnTo: ['/sessions', '/'] }], [undefined], ['/sessions']])('is none in %j', form => {
    expect(wantedReturn(form, config)).toBeUndefined()
  })
})

describe('the page that was asked for', () => {
  test.each([
    ['/sessions?x=1', '/sessions?x=1'],
    ['/sessions?x=1&notice=1.a.b', '/sessions?x=1'],
    [`/sessions?notice=${'x'.repeat(900)}`, '/sessions'],
    ['/a//b', '/'],
    ['/x/../sessions', '/'],
    ['/auth/callback', '/'],
  ])('by %s is %s to come back to', (originalUrl, path) => {
    expect(ownPath(madeRequest({ url: '/-', originalUrl }), origin)).toBe(path)
  })
})

test('the page on which people wait knows where to go on to', () => {
  expect(turningOnPath('/a?b=1&c', '')).toBe('/access/turning-on?returnTo=%2Fa%3Fb%3D1%26c')
})

test('the page on which people wait knows which gate they wait at', () => {
  expect(turningOnPath('/a', 'operators')).toBe('/access/turning-on?gate=operators&returnTo=%2Fa')
})

describe('the gate', () => {
  test.each([
    [{ gate: 'operators' }, 'operators'],
    [{ gate: '' }, ''],
    [{ gate: ['operators', 'members'] }, undefined],
    [{}, undefined],
    [undefined, undefined],
    ['operators', undefined],
  ])('that %j names is %j', (given, gate) => {
    expect(gateNamed(given)).toBe(gate)
  })
})

describe('a path of ours', () => {
  test.each([
    ['', {}, '/access'],
    ['operators', {}, '/access?gate=operators'],
    ['operators', { again: '1' }, '/access?gate=operators&again=1'],
    ['', { again: '1' }, '/access?again=1'],
  ])('about %j with %j is %s', (gate, more, path) => {
    expect(pathOn('/access', gate, more)).toBe(path)
  })
})

test('the door to Entra knows where to go on to', () => {
  expect(signInPath('/a?b=1&c')).toBe('/auth/sign-in?returnTo=%2Fa%3Fb%3D1%26c')
})
