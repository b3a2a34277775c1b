import { describe, expect, test, vi } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import type { Page } from '../../../src/web/page.ts'
import { createOneTimeNotices } from '../../../src/web/shell/one-time-notice.ts'
import { createOpenDoors } from '../../../src/web/sign-in/open-doors.ts'
import { createToStepUp, warnOfContexts } from '../../../src/web/sign-in/step-up.ts'
import { createToEntra, leadingBack } from '../../../src/web/sign-in/to-entra.ts'
import { aliceRecord, madeRequest, madeResponse, ofAForm } from '../made-request.ts'
import { type MadeNeeds, madeNeeds, ofAlice } from './made-sign-in.ts'

const sid = 'ABCDEF01-2345-4789-abcd-ef0123456789'
const goOn = 'https://login.example/authorize'

/** A door that a browser comes to, and what it is answered; or the problem that it meets. */
async function comeTo({ needs }: MadeNeeds, asked: Parameters<typeof madeRequest>[0]) {
  const request = madeRequest(asked)
  const { response, answered } = madeResponse(request)
  const router = createOpenDoors(needs as never)
  const passed = await new Promise<unknown>(resolve => {
    const settle = () => void resolve('answered')
    vi.spyOn(response, 'redirect').mockImplementation(((...to: unknown[]) => {
      answered.redirects.push(to)
      settle()
    }) as never)
    vi.spyOn(response, 'render').mockImplementation(((view: string, shown: object) => {
      answered.shown = { view, ...shown } as never
      settle()
    }) as never)
    vi.spyOn(response, 'end').mockImplementation((() => {
      answered.isEnded = true
      settle()
    }) as never)
    router(request, response, (thrown?: unknown) => resolve(thrown ?? 'passed'))
    // All parts are made up, so by then nothing is left that could still answer.
    setImmediate(() => setImmediate(resolve, 'nothing'))
  })
  return { request, response, answered, passed }
}
const post = (url: string, headers: Record<string, string> = ofAForm) => ({ method: 'POST', url, headers })

test('the step has the name by which the staircase knows it', () => {
  expect(createOpenDoors(madeNeeds().needs as never).name).toBe('openDoors')
})

describe('no door opens', () => {
  test.each([
    ['POST', '/auth/sign-in'],
    ['POST', '/auth/callback'],
    ['GET', '/auth/sign-out'],
    ['POST', '/auth/signed-out'],
    ['POST', '/auth/front-channel-logout'],
    ['GET', '/auth/another'],
  ])('for %s %s', async (method, url) => {
    expect((await comeTo(madeNeeds(), { method, url })).passed).toBe('passed')
  })
})

test('the door of the callback opens', async () => {
  expect((await comeTo(madeNeeds(), { url: '/auth/callback' })).answered.redirects).toEqual([[303, '/']])
})

describe('the door to sign in', () => {
  const signIn = (made: MadeNeeds, query = '', asked = {}) => comeTo(made, { url: `/auth/sign-in${query}`, ...asked })

  test('leads to Entra', async () => {
    expect((await signIn(madeNeeds())).answered.redirects).toEqual([[302, goOn]])
  })

  test('remembers what was begun', async () => {
    const made = madeNeeds()
    const { request, response } = await signIn(made, '?returnTo=%2Fsessions')
    expect(made.doneAs('begun-anew')).toEqual([
      [
        'begun-anew',
        request,
        response,
        {
          attempt: { state: 'new', nonce: 'new', verifier: 'new' },
          returnTo: '/sessions',
          purpose: { kind: 'sign-in' },
          retries: 0,
          isAhead: false,
        },
      ],
    ])
  })

  test('remembers that a browser asked ahead of time', async () => {
    const made = madeNeeds()
    await signIn(made, '', { headers: { purpose: 'prefetch' } })
    expect(made.doneAs('begun-anew')[0]?.[3]).toMatchObject({ isAhead: true })
  })

  test('tells later pages where the browser wanted to go, and no other origin', async () => {
    expect((await signIn(madeNeeds(), '?returnTo=%2Fsessions')).response.locals.returnTo).toBe('/sessions')
    expect((await signIn(madeNeeds(), '?returnTo=%2F%2Fevil.example')).response.locals.returnTo).toBe('/')
  })

  const askedOf = async (made: MadeNeeds, query?: string) => {
    await signIn(made, query)
    const [[asked] = []] = made.needs.oidc.signInUrl.mock.calls as unknown[][]
    return asked
  }
  const attempt = { state: 'new', nonce: 'new', verifier: 'new' }
  const nothingMore = { context: undefined, forPim: undefined }

  test('proposes the account of somebody who is signed in', async () => {
    expect(await askedOf(madeNeeds())).toEqual({
      attempt,
      prompt: undefined,
      loginHint: 'alice-hint',
      ...nothingMore,
    })
  })

  test('proposes none to somebody who is not', async () => {
    const made = madeNeeds()
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    expect(await askedOf(made)).toEqual({ attempt, prompt: undefined, loginHint: undefined, ...nothingMore })
  })

  test('lets people choose another account where they want one', async () => {
    expect(await askedOf(madeNeeds(), '?account=another')).toEqual({
      attempt,
      prompt: 'select_account',
      loginHint: undefined,
      ...nothingMore,
    })
  })

  test('leaves the account as it is for any other word', async () => {
    expect(await askedOf(madeNeeds(), '?account=x')).toMatchObject({ prompt: undefined, loginHint: 'alice-hint' })
  })
})

describe('the way to Entra', () => {
  const start = { returnTo: '/', purpose: { kind: 'sign-in' }, retries: 0 } as const
  test.each([
    ['a form of a page', post('/', ofAForm), true],
    ['a link', { headers: ofAForm }, false],
  ])('owes %s a page, also when it fails: %s', async (_what, asked, isForm) => {
    const { needs } = madeNeeds()
    needs.oidc.signInUrl.mockRejectedValue(new Problem('entra-unreachable'))
    const request = madeRequest(asked)
    const { response } = madeResponse(request)
    await expect(createToEntra(needs as never)(request, response, start)).rejects.toThrow('entra-unreachable')
    expect(response.locals.isForm).toBe(isForm)
  })
})

describe('a problem on the way', () => {
  test('leads back, with its cause and its facts', async () => {
    const thrown = new Problem('access-ended', { facts: { endedAt: 1 } })
    await expect(leadingBack('/sessions', Promise.reject(thrown))).rejects.toMatchObject({
      code: 'access-ended',
      cause: thrown,
      facts: { endedAt: 1, returnTo: '/sessions' },
    })
  })

  test('rises as it is when nobody foresaw it', async () => {
    const thrown = new Error('bug')
    await expect(leadingBack('/sessions', Promise.reject(thrown))).rejects.toBe(thrown)
  })

  test('is none where the work is done', async () => {
    expect(await leadingBack('/sessions', Promise.resolve(7))).toBe(7)
  })
})

describe('the door to sign out', () => {
  const signOut = (made: MadeNeeds) => comeTo(made, post('/auth/sign-out'))

  test('ends the session here, and forgets what was begun', async () => {
    const made = madeNeeds()
    const { request, response } = await signOut(made)
    expect(made.done).toEqual([
      ['ended', request, response],
      ['all-forgotten', request, response],
    ])
  })

  test('leads to Entra by a page, to end the session there', async () => {
    const made = madeNeeds()
    const { answered } = await signOut(made)
    expect(answered.shown).toMatchObject({ page: 'going-on', chrome: made.needs.chrome })
    expect(answered.shown?.model).toEqual({ goOnTo: 'https://login.example/logout' })
    expect(made.needs.oidc.signOutUrl.mock.calls).toEqual([
      [{ logoutHint: aliceRecord.identity.loginHint, returnTo: '/auth/signed-out' }],
    ])
  })

  test('says so where Entra has no place to sign out', async () => {
    const made = madeNeeds()
    made.needs.oidc.signOutUrl.mockReturnValue(undefined)
    const { answered } = await signOut(made)
    expect([answered.redirects, answered.shown]).toEqual([[[303, '/auth/signed-out']], undefined])
  })

  test('has the browser drop its copies of pages', async () => {
    expect((await signOut(madeNeeds())).answered.headers).toEqual({ 'clear-site-data': '"cache"' })
  })

  test('logs who signed out', async () => {
    expect((await signOut(madeNeeds())).answered.logged).toEqual([
      { level: 'info', event: 'signed-out', oid: 'alice-id' },
    ])
  })

  test('opens for somebody who is signed out already, too', async () => {
    const made = madeNeeds()
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    const { answered } = await signOut(made)
    expect([answered.logged, answered.shown?.page]).toEqual([[], 'going-on'])
    expect(made.needs.oidc.signOutUrl.mock.calls).toEqual([[{ logoutHint: undefined, returnTo: '/auth/signed-out' }]])
  })

  test('says when nobody confirms that the session has ended', async () => {
    const made = madeNeeds()
    const cause = new Problem('redis-away')
    made.needs.sessions.end.mockRejectedValue(cause)
    const { passed, answered } = await signOut(made)
    expect(passed).toMatchObject({ code: 'sign-out-unconfirmed', cause })
    expect([made.doneAs('all-forgotten'), answered.headers]).toEqual([[], {}])
  })
})

test('the page after signing out says so, and signs nobody in', async () => {
  const made = madeNeeds()
  const { answered } = await comeTo(made, { url: '/auth/signed-out' })
  expect(answered.shown).toMatchObject({
    chrome: made.needs.chrome,
    person: undefined,
    title: 'You are signed out',
    page: 'notice',
    model: {
      title: 'You are signed out',
      detail: 'Your session here has ended. If others use this device, close this browser too.',
      act: { label: 'Sign in', href: '/auth/sign-in' },
      returnTo: '/',
    },
  })
  expect([made.done, answered.redirects]).toEqual([[], []])
})

describe('Entra’s hidden call', () => {
  const call = (made: MadeNeeds, query: string) => comeTo(made, { url: `/auth/front-channel-logout?${query}` })
  const issuer = 'https://login.example/v2.0'

  test.each([`sid=${sid}`, `sid=${sid}&iss=${issuer}`])('ends the session of %s', async query => {
    const made = madeNeeds()
    const { answered } = await call(made, query)
    expect(made.done).toEqual([['ended-of', sid.toLowerCase()]])
    expect(answered.logged).toEqual([{ level: 'info', event: 'front-channel-logout' }])
  })

  test.each([
    '',
    'sid=x',
    `sid=x${sid}`,
    `sid=${sid}x`,
    `sid=${sid.slice(1)}`,
    `sid=${sid.replace('-', '')}`,
    `sid=${sid}&iss=https://evil.example`,
    `sid=${sid}&iss=`,
  ])('with "%s" ends nothing', async query => {
    const made = madeNeeds()
    const { answered } = await call(made, query)
    expect([made.done, answered.logged]).toEqual([[], []])
  })

  test('with two sessions at once ends nothing', async () => {
    const made = madeNeeds()
    await comeTo(made, { url: '/auth/front-channel-logout', query: { sid: [sid, sid] } })
    expect(made.done).toEqual([])
  })

  test('is in the log when the session cannot be ended', async () => {
    const made = madeNeeds()
    const error = new Problem('redis-away')
    made.needs.sessions.endOfEntraSession.mockRejectedValue(error)
    expect((await call(made, `sid=${sid}`)).answered.logged).toEqual([
      { level: 'error', event: 'front-channel-logout-failed', error },
    ])
  })

  test.each([`sid=${sid}`, 'sid=x'])('with %s is answered alike, in a frame of Entra', async query => {
    const { answered } = await call(madeNeeds(), query)
    expect([answered.status, answered.headers, answered.isEnded]).toEqual([
      200,
      { 'content-security-policy': "default-src 'none'; frame-ancestors https://login.example" },
      true,
    ])
  })
})

describe('a step-up', () => {
  const stepUp = async (made: MadeNeeds, url = '/sessions') => {
    const request = madeRequest({ url })
    const { response, answered } = madeResponse(request)
    const toStepUp = createToStepUp(made.needs as never)
    const work = async () => toStepUp(request, response, { context: 'c3', returnTo: '/sessions' })
    const problem = await work().then(
      () => undefined,
      (thrown: Problem) => thrown,
    )
    return { request, response, answered, problem }
  }

  test('sends a person to Entra as themselves, for this context', async () => {
    const made = madeNeeds()
    const { answered } = await stepUp(made)
    expect(answered.redirects).toEqual([[302, goOn]])
    expect(made.needs.oidc.signInUrl.mock.calls).toEqual([
      [expect.objectContaining({ prompt: undefined, loginHint: 'alice-hint', context: 'c3', forPim: undefined })],
    ])
  })

  test('is remembered as theirs', async () => {
    const made = madeNeeds()
    await stepUp(made)
    expect(made.doneAs('begun-anew')[0]?.[3]).toMatchObject({
      returnTo: '/sessions',
      purpose: { kind: 'step-up', context: 'c3', ...ofAlice },
      retries: 0,
    })
  })

  test('carries along what the page was to say once', async () => {
    const made = madeNeeds()
    const notice = { text: 'Ada ended your session:', more: 'Lost laptop' }
    const { send } = createOneTimeNotices(made.needs)
    await stepUp(made, send({ sessionID: 'session-id' } as never, '/sessions', notice))
    expect(made.doneAs('begun-anew')[0]?.[3]).toMatchObject({ returnTo: '/sessions', notice })
  })

  test('is nobody’s who is not signed in', async () => {
    const made = madeNeeds()
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    const { problem } = await stepUp(made)
    expect([problem?.code, made.done]).toEqual(['not-signed-in', []])
  })

  test('that cannot begin leads back to the page', async () => {
    const made = madeNeeds()
    made.needs.oidc.signInUrl.mockRejectedValue(new Problem('entra-unreachable'))
    expect((await stepUp(made)).problem).toMatchObject({ code: 'entra-unreachable', facts: { returnTo: '/sessions' } })
  })
})

describe('the contexts that the house relies on', () => {
  const pageWith = (context?: string) =>
    ({ requirement: { audience: 'members', ...(context && { stepUp: { context } }) } }) as Page
  const warnedOf = (context: string | undefined, ...table: Page[]) => {
    const { response, answered } = madeResponse()
    warnOfContexts({ gates: [{ name: 'members', context }] } as never, table, response.locals.log as never)
    return answered.logged
  }
  const text =
    'an authentication context that no enabled Conditional Access policy protects proves nothing: Entra grants it to everyone'

  test('are named at start, each once', () => {
    expect(warnedOf('c1', pageWith('c2'), pageWith(), pageWith('c1'))).toEqual([
      { level: 'warn', event: 'auth-contexts-in-use', contexts: ['c1', 'c2'], text },
    ])
  })

  test('are those of pages alone where members need none', () => {
    expect(warnedOf(undefined, pageWith('c2'))).toMatchObject([{ contexts: ['c2'] }])
  })

  test('are not spoken of where there are none', () => {
    expect(warnedOf(undefined, pageWith())).toEqual([])
  })
})
