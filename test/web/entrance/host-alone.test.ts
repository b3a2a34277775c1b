import type { Request, RequestHandler, Response } from 'express'
import { describe, expect, test } from 'vitest'
import { createKnownHost, createOverTls } from '../../../src/web/entrance/host.ts'

/** The code of the problem with which this step ends a request; undefined where it lets the request pass. */
function endOf(step: RequestHandler, request: object): string | undefined {
  const passed: unknown[] = []
  step(request as Request, {} as Response, (thrown?: unknown) => void passed.push(thrown))
  const [thrown] = passed as [{ code: string } | undefined]
  return thrown?.code
}

describe('the step that knows our name', () => {
  const knownHost = createKnownHost('https://admin.contoso.example:8443')
  const named = (...host: string[]) => endOf(knownHost, { headersDistinct: { host } })

  test('has the name by which the staircase knows it', () => {
    expect(knownHost.name).toBe('knownHost')
  })

  test.each([
    'admin.contoso.example',
    'Admin.Contoso.Example',
    'admin.contoso.example:1',
    'admin.contoso.example:65535',
  ])('lets %s pass', host => {
    expect(named(host)).toBeUndefined()
  })

  test.each([
    'evil.example',
    '',
    'admin.contoso.example:',
    'admin.contoso.example:123456',
    'admin.contoso.example:x',
    'admin.contoso.example:80:80',
    'admin:80.contoso.example',
  ])('refuses "%s"', host => {
    expect(named(host)).toBe('unknown-host')
  })

  test('refuses a request that names two hosts, ours among them', () => {
    expect(named('admin.contoso.example', 'evil.example')).toBe('unknown-host')
  })

  test('refuses a request that names none', () => {
    expect([named(), endOf(knownHost, { headersDistinct: {} })]).toEqual(['unknown-host', 'unknown-host'])
  })
})

describe('the step that wants TLS', () => {
  test('has the name by which the staircase knows it', () => {
    expect(createOverTls('https://admin.contoso.example').name).toBe('overTls')
  })

  test.each([
    ['https://admin.contoso.example', true, undefined],
    ['https://admin.contoso.example', false, 'not-over-tls'],
    ['http://localhost:3000', false, undefined],
    ['http://localhost:3000', true, undefined],
  ])('under %s, where secure is %s, ends a request with %s', (baseUrl, secure, code) => {
    expect(endOf(createOverTls(baseUrl), { secure })).toBe(code)
  })
})
