import type { Request, Response } from 'express'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { createCookies } from '../../src/session/cookies.ts'
import { createPendingSignIns } from '../../src/session/pending-sign-ins.ts'
import { createSeal, fingerprint } from '../../src/session/sealing/seal.ts'
import type { SignInPurpose } from '../../src/session/sign-in-record.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const ours = createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')])
const stepUp: SignInPurpose = { kind: 'step-up', context: 'c1', person: 'p' }

type Begun = Parameters<ReturnType<typeof createPendingSignIns>['begin']>[2]
const signIn = (state: string, wish: Partial<Begun> = {}): Begun => ({
  attempt: { state, nonce: `nonce of ${state}`, verifier: `verifier of ${state}` },
  returnTo: '/refunds/8841',
  purpose: { kind: 'sign-in' },
  retries: 0,
  ...wish,
})
const nameOf = (state: string) => `gatehouse-sign-in-${fingerprint(state)}`

/** A browser, and an application that sees its cookies. The clock stands until the test moves it on. */
function openBrowser() {
  let now = start
  const cookies = new Map<string, string>()
  const set: unknown[][] = []
  const cleared: unknown[][] = []
  const response = {
    cookie(name: string, value: string, attributes: unknown) {
      cookies.set(name, value)
      set.push([name, attributes])
    },
    clearCookie(name: string, attributes: unknown) {
      cookies.delete(name)
      cleared.push([name, attributes])
    },
  } as never as Response
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const request = () => ({ headers: { ...(cookies.size > 0 && { cookie: header() }) } }) as never as Request
  const application = (app: string, seal = ours) => {
    const signIns = createPendingSignIns({
      app,
      cookies: createCookies('http://localhost'),
      clock: () => new Date(now),
      seal,
    })
    return {
      begin: (state: string, wish: Partial<Begun> = {}) => signIns.begin(request(), response, signIn(state, wish)),
      find: (state: string) => signIns.find(request(), state),
      wasBegun: (state: string) => signIns.wasBegun(request(), state),
      forget: (state: string) => signIns.forget(response, state),
      forgetAll: () => signIns.forgetAll(request(), response),
    }
  }
  return {
    ...application('app'),
    application,
    cookies,
    set,
    cleared,
    /** The states whose sign-ins the browser still has on their way. */
    left: (states: readonly string[]) => states.filter(state => cookies.has(nameOf(state))),
    put: (name: string, text: string, seal = ours) => cookies.set(name, seal.close(text, name)),
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('a sign-in on its way', () => {
  test('is found by its state, as it began', () => {
    const { begin, find } = openBrowser()
    begin('one', { purpose: stepUp, retries: 1, isAhead: true })
    expect(find('one')).toEqual({
      ...signIn('one', { purpose: stepUp, retries: 1, isAhead: true }),
      app: 'app',
      startedAt: start,
    })
  })

  test('is asked for by somebody unless it is begun ahead of time', () => {
    const { begin, find } = openBrowser()
    begin('one')
    expect(find('one')?.isAhead).toBe(false)
  })

  test('is a cookie of ten minutes, for this host and for no script', () => {
    const { begin, set } = openBrowser()
    begin('one')
    expect(set).toEqual([
      [nameOf('one'), { httpOnly: true, secure: false, sameSite: 'lax', path: '/', maxAge: 10 * minute }],
    ])
  })

  test('is not found by another state', () => {
    const { begin, find } = openBrowser()
    begin('one')
    expect(find('two')).toBeUndefined()
  })

  test('is not found under the name of another', () => {
    const { begin, find, put } = openBrowser()
    begin('one')
    const { purpose: _, ...stored } = signIn('one')
    put(nameOf('two'), JSON.stringify({ ...stored, startedAt: start }))
    expect(find('two')).toBeUndefined()
  })

  test('is not found in a browser without cookies', () => {
    expect(openBrowser().find('one')).toBeUndefined()
  })

  test.for([
    ['a ms before ten minutes are over', 10 * minute - 1, true],
    ['not when ten minutes are over', 10 * minute, false],
    ['that a clock half a minute ahead began', -30_000, true],
    ['not that a clock further ahead began', -30_001, false],
  ] as const)('is found %s', ([_when, ms, expected], { expect }) => {
    const { begin, find, pass } = openBrowser()
    begin('one')
    pass(ms)
    expect(find('one') !== undefined).toBe(expected)
  })

  test('is not found in another application', () => {
    const { begin, application } = openBrowser()
    begin('one')
    expect(application('another').find('one')).toBeUndefined()
  })

  test('of a release that wrote no application is found in each', () => {
    const { find, put } = openBrowser()
    const { purpose: _, ...stored } = signIn('one')
    put(nameOf('one'), JSON.stringify({ ...stored, startedAt: start }))
    expect(find('one')).toMatchObject({ startedAt: start })
  })

  test('of a shape that this release does not know is not found', () => {
    const { find, put } = openBrowser()
    put(nameOf('one'), '{}')
    expect(find('one')).toBeUndefined()
  })

  test('is not found where the cookie is damaged', () => {
    const { find, cookies } = openBrowser()
    cookies.set(nameOf('one'), 'junk')
    expect(find('one')).toBeUndefined()
  })

  test('was begun, however long ago', () => {
    const { begin, pass, wasBegun } = openBrowser()
    begin('one')
    pass(60 * minute)
    expect(wasBegun('one')).toBe(true)
  })

  test.for([
    ['another sign-in', ['one']],
    ['nothing', []],
  ] as const)('was not begun in a browser that began %s', ([_what, states], { expect }) => {
    const { begin, wasBegun } = openBrowser()
    for (const state of states) begin(state)
    expect(wasBegun('two')).toBe(false)
  })

  test('is gone when it is forgotten, and no other', () => {
    const { begin, forget, left } = openBrowser()
    begin('one')
    begin('two')
    forget('one')
    expect(left(['one', 'two'])).toEqual(['two'])
  })

  test('is removed with the attributes of its cookie: else browsers would keep it', () => {
    const { forget, cleared } = openBrowser()
    forget('one')
    expect(cleared).toEqual([[nameOf('one'), { httpOnly: true, secure: false, sameSite: 'lax', path: '/' }]])
  })
})

describe('of the sign-ins of a browser', () => {
  const states = ['1', '2', '3', '4', '5', '6', '7', '8']
  /** A browser that began these, one a second. */
  function begun(count: number, wish: Partial<Begun> = {}) {
    const browser = openBrowser()
    for (const state of states.slice(0, count)) {
      browser.begin(state, wish)
      browser.pass(1000)
    }
    return browser
  }

  test('five stay', () => {
    expect(begun(5).left(states)).toEqual(['1', '2', '3', '4', '5'])
  })

  test('the oldest gives way to a sixth', () => {
    expect(begun(6).left(states)).toEqual(['2', '3', '4', '5', '6'])
  })

  test('the oldest gives way, in whatever order the browser names them', () => {
    const { begin, cookies, left } = begun(5)
    const turned = [...cookies].reverse()
    cookies.clear()
    for (const [name, value] of turned) cookies.set(name, value)
    begin('6')
    expect(left(states)).toEqual(['2', '3', '4', '5', '6'])
  })

  test('one that was begun ahead of time gives way first', () => {
    const { begin, left, pass } = begun(4)
    begin('5', { isAhead: true })
    pass(1000)
    begin('6')
    expect(left(states)).toEqual(['1', '2', '3', '4', '6'])
  })

  test('one that is nothing here gives way before those that are', () => {
    const { application, begin, left, pass } = begun(4)
    application('another').begin('5')
    pass(1000)
    begin('6')
    expect(left(states)).toEqual(['1', '2', '3', '4', '6'])
  })

  test('one of another application stays while there is room', () => {
    const { application, begin, left } = openBrowser()
    application('another').begin('1')
    begin('2')
    expect(left(states)).toEqual(['1', '2'])
  })

  test('one that another secret sealed stays while there is room: another replica may know it', () => {
    const { application, begin, left } = openBrowser()
    application('app', createSeal([new Secret('another-0123456789-abcdefghij-KLM')])).begin('1')
    begin('2')
    expect(left(states)).toEqual(['1', '2'])
  })

  test('a cookie that none of us made goes at once', () => {
    const { begin, cookies, left } = openBrowser()
    cookies.set('gatehouse-sign-in-junk', 'junk')
    begin('1')
    expect([cookies.has('gatehouse-sign-in-junk'), left(states)]).toEqual([false, ['1']])
  })

  test('one that goes is removed with the attributes of its cookie', () => {
    const { cleared } = begun(6)
    expect(cleared).toEqual([[nameOf('1'), { httpOnly: true, secure: false, sameSite: 'lax', path: '/' }]])
  })

  test('none touches the cookie of anything else', () => {
    const { begin, cookies, forgetAll } = openBrowser()
    cookies.set('gatehouse', 'a session')
    cookies.set('theme', 'dark')
    begin('1')
    forgetAll()
    expect([...cookies.keys()]).toEqual(['gatehouse', 'theme'])
  })

  test('one for twenty gates with long names and a long path fits into a cookie, which browsers take up to 4096 bytes', () => {
    const { begin, cookies, find } = openBrowser()
    const gates = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(40, 'gate-'))
    const waiting = gates.map(gate => ({ activation: 'a'.repeat(22), gate }))
    const [first = { activation: '', gate: '' }, ...more] = waiting
    begin('s'.repeat(43), {
      attempt: { state: 's'.repeat(43), nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) },
      returnTo: `/${'r'.repeat(499)}`,
      purpose: { kind: 'turning-on', ...first, more, person: 'p'.repeat(43) },
    })
    const [[name = '', value = ''] = []] = [...cookies]
    expect(name.length + value.length).toBeLessThan(4096)
    expect(find('s'.repeat(43))?.purpose).toMatchObject({ more })
  })

  test('no more than twenty are looked at: an answer stays small', () => {
    const { begin, cookies } = openBrowser()
    for (let count = 0; count < 25; count++) cookies.set(`gatehouse-sign-in-junk-${count}`, 'junk')
    begin('1')
    expect(cookies.size).toBe(5 + 1)
  })

  test('one that begins ahead of time has its place among five', () => {
    const { begin, left } = begun(4)
    begin('5', { isAhead: true })
    expect(left(states)).toEqual(['1', '2', '3', '4', '5'])
  })

  test('one that would begin ahead of time does not begin in place of a fifth other', () => {
    const { begin, left } = begun(5)
    begin('6', { isAhead: true })
    expect(left(states)).toEqual(['1', '2', '3', '4', '5'])
  })

  test('cookies that none of us made keep none from beginning ahead of time', () => {
    const { begin, cookies, left } = begun(4)
    cookies.set('gatehouse-sign-in-junk', 'junk')
    begin('5', { isAhead: true })
    expect(left(states)).toEqual(['1', '2', '3', '4', '5'])
  })
})

describe('a person who signs out of a browser', () => {
  test('leaves no sign-in on its way there', () => {
    const { begin, cookies, forgetAll } = openBrowser()
    begin('one')
    begin('two')
    cookies.set('gatehouse-sign-in-junk', 'junk')
    forgetAll()
    expect([...cookies.keys()]).toEqual([])
  })

  test('leaves none of another application either', () => {
    const { application, forgetAll, left } = openBrowser()
    application('another').begin('one')
    forgetAll()
    expect(left(['one'])).toEqual([])
  })

  test('leaves a check on its way: its page says that it comes too late', () => {
    const { begin, forgetAll, left } = openBrowser()
    begin('one')
    begin('two', { purpose: stepUp })
    forgetAll()
    expect(left(['one', 'two'])).toEqual(['two'])
  })

  test('has the cookies removed with their attributes', () => {
    const { begin, cleared, forgetAll } = openBrowser()
    begin('one')
    forgetAll()
    expect(cleared).toEqual([[nameOf('one'), { httpOnly: true, secure: false, sameSite: 'lax', path: '/' }]])
  })

  test('has nothing to leave in a browser without cookies', () => {
    const { cleared, forgetAll } = openBrowser()
    forgetAll()
    expect(cleared).toEqual([])
  })
})
