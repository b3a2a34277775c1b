import { describe, expect } from 'vitest'
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
