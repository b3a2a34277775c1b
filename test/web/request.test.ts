import { describe, expect } from 'vitest'
import { isPlainTarget, returnPath } from '../../src/web/request.ts'
import { testIn } from '../support/test-in.ts'
import { raw } from './raw.ts'

const test = testIn()

const html = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'
const headersOf = ({ mode, accept }: { mode?: string; accept?: string }): Record<string, string> => ({
  ...(mode !== undefined && { 'Sec-Fetch-Mode': mode }),
  ...(accept !== undefined && { Accept: accept }),
})

describe('a person who goes to a page is sent to sign in; a script that asks for one is told no', () => {
  const cases: [method: string, given: { mode?: string; accept?: string }, isNavigation: boolean][] = [
    ['GET', { mode: 'navigate', accept: html }, true],
    ['HEAD', { mode: 'navigate', accept: html }, true],
    ['GET', { mode: 'navigate', accept: 'application/json' }, true],
    ['GET', { mode: 'navigate' }, true],
    ['GET', { mode: 'cors', accept: html }, false],
    ['GET', { mode: 'same-origin', accept: html }, false],
    ['GET', { mode: 'no-cors', accept: html }, false],
    ['GET', { mode: 'websocket', accept: html }, false],
    ['GET', { mode: 'Navigate', accept: html }, false],
    ['GET', { mode: '', accept: html }, false],
    ['GET', { accept: html }, true],
    ['HEAD', { accept: html }, true],
    ['GET', { accept: 'text/html' }, true],
    ['GET', { accept: 'text/html, application/json;q=0.9' }, true],
    ['GET', { accept: 'application/json, text/html;q=0.9' }, false],
    ['GET', { accept: 'application/json, text/html' }, false],
    ['GET', { accept: 'application/json' }, false],
    ['GET', { accept: 'text/plain' }, false],
    ['GET', { accept: '*/*' }, false],
    ['GET', { accept: '*/*, text/html;q=0.5' }, false],
    ['GET', { accept: 'nonsense' }, false],
    ['GET', { accept: '' }, false],
    ['GET', {}, false],
    ['POST', { mode: 'navigate', accept: html }, false],
    ['PUT', { mode: 'navigate', accept: html }, false],
    ['OPTIONS', { mode: 'navigate', accept: html }, false],
  ]
  test.for(cases)('%s %j is a navigation: %s', async ([method, given, isNavigation], { house }) => {
    const headers = { 'Sec-Fetch-Site': 'same-origin', ...headersOf(given) }
    expect((await raw(house.baseUrl, { method, headers })).status).toBe(isNavigation ? 302 : 401)
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
