import { describe, expect, test } from 'vitest'
import { endAfterForm, isAfterForm, sendOn } from '../../../src/web/sign-in/after-form.ts'
import { leaveFor } from '../../../src/web/sign-in/going-on.ts'
import { madeRequest, madeResponse } from '../made-request.ts'

const cookie = 'gatehouse-after-form'
const attributes = { httpOnly: true, secure: false, sameSite: 'lax', path: '/' }
const secureAttributes = { ...attributes, secure: true }
const follows = (name: string, site = 'same-origin') =>
  madeRequest({ headers: { cookie: `other=1; ${name}=1`, 'sec-fetch-site': site } })

describe('a browser that is sent on', () => {
  const sentOn = (asked: Parameters<typeof madeRequest>[0]) => {
    const request = madeRequest(asked)
    const { response, answered } = madeResponse(request)
    sendOn(request, response, '/sessions')
    return answered
  }

  test('goes where the page says', () => {
    expect(sentOn({}).redirects).toEqual([[303, '/sessions']])
  })

  test('keeps nothing when it only looked', () => {
    expect(sentOn({}).cookies).toEqual([])
  })

  test('remembers for half a minute that a form began it', () => {
    const { cookies, redirects } = sentOn({ method: 'POST' })
    expect([cookies, redirects]).toEqual([[[cookie, '1', { ...attributes, maxAge: 30_000 }]], [[303, '/sessions']]])
  })

  test('remembers it over TLS in a cookie that belongs to this host alone', () => {
    const { cookies } = sentOn({ method: 'POST', secure: true })
    expect(cookies).toEqual([[`__Host-${cookie}`, '1', { ...secureAttributes, maxAge: 30_000 }]])
  })
})

describe('a request comes from a form', () => {
  test('as the form itself', () => {
    expect(isAfterForm(madeRequest({ method: 'POST' }))).toBe(true)
  })

  test.each([cookie, `__Host-${cookie}`])('that the cookie %s remembers', name => {
    expect(isAfterForm(follows(name))).toBe(true)
  })
})

describe('a request begins anew', () => {
  test('without that cookie', () => {
    expect(isAfterForm(madeRequest({ headers: { 'sec-fetch-site': 'same-origin' } }))).toBe(false)
  })

  test.each(['none', 'cross-site'])('from elsewhere: %s', site => {
    expect(isAfterForm(follows(cookie, site))).toBe(false)
  })
})

describe('a page that is shown', () => {
  const shownTo = (headers: Record<string, string>) => {
    const { response, answered } = madeResponse(madeRequest({ headers }))
    endAfterForm(response)
    return answered.cleared
  }

  test('forgets the form', () => {
    expect(shownTo({ cookie: `${cookie}=1` })).toEqual([[cookie, attributes]])
  })

  test('forgets it over TLS too', () => {
    expect(shownTo({ cookie: `__Host-${cookie}=1` })).toEqual([[`__Host-${cookie}`, secureAttributes]])
  })

  test('has nothing to forget otherwise', () => {
    expect([shownTo({}), shownTo({ cookie: 'other=1' })]).toEqual([[], []])
  })
})

describe('the way to Entra', () => {
  const url = new URL('https://login.example/authorize?x=1')
  const leftBy = (request: ReturnType<typeof madeRequest>) => {
    const { response, answered } = madeResponse(request)
    leaveFor(request, response, { url, chrome: { selfService: true } as never })
    return answered
  }

  test('is a redirect', () => {
    const { redirects, shown } = leftBy(madeRequest())
    expect([redirects, shown]).toEqual([[[302, url.href]], undefined])
  })

  test('is a page that goes on by itself after a form, because browsers would block the redirect', () => {
    const { redirects, shown } = leftBy(madeRequest({ method: 'POST' }))
    expect(redirects).toEqual([])
    expect(shown).toMatchObject({
      chrome: { selfService: true },
      title: 'Going on to Microsoft',
      page: 'going-on',
      model: { goOnTo: url.href },
      goOnTo: url.href,
    })
  })

  test('names nobody on that page', () => {
    expect(leftBy(madeRequest({ method: 'POST' })).shown?.person).toBeUndefined()
  })
})
