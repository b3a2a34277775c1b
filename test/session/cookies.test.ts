import { describe, expect, test } from 'vitest'
import { createCookies } from '../../src/session/cookies.ts'

const https = createCookies('https://admin.contoso.com')
const http = createCookies('http://localhost:3000')

describe('our cookies', () => {
  test('are for this host, all its paths and no script, and come along when a link leads here', () => {
    expect(https.attributes).toEqual({ httpOnly: true, secure: true, sameSite: 'lax', path: '/' })
  })

  test('have a name that browsers take from no other host, over https', () => {
    expect(https.named('gatehouse')).toBe('__Host-gatehouse')
  })

  test('have their plain name over http, where browsers would refuse the prefix', () => {
    expect(http.named('gatehouse')).toBe('gatehouse')
  })

  test('may travel over http where there is no https', () => {
    expect(http.attributes).toEqual({ ...https.attributes, secure: false })
  })
})

test('a host whose name begins with https is no https', () => {
  expect(createCookies('http://https.contoso.com').attributes.secure).toBe(false)
})
