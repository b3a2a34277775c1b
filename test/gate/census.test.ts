import { METHODS } from 'node:http'
import { describe, expect } from 'vitest'
import { pages } from '../../src/pages.ts'
import type { House } from '../support/house.ts'
import { testIn } from '../support/test-in.ts'
import { navigation, type RawAnswer, raw, script } from '../web/raw.ts'

/** All that is open to everyone, as method and path. */
const doors = [
  'GET /health/live',
  'HEAD /health/live',
  'GET /health/ready',
  'HEAD /health/ready',
  'GET /assets/site.css',
  'GET /assets/environment.css',
  'GET /auth/sign-in',
  'GET /auth/callback',
  'POST /auth/sign-out',
  'GET /auth/signed-out',
  'GET /auth/front-channel-logout',
]
const verbsOf = ({ method }: { method: 'get' | 'post' }) => (method === 'get' ? ['GET', 'HEAD'] : ['POST'])
// In a house without self-service: what belongs to it does not exist.
const listed = pages
  .filter(({ part }) => part === undefined)
  .flatMap(page => verbsOf(page).map(verb => ({ line: `${verb} ${page.path}`, ...page.requirement })))
const isListed = (line: string) => listed.some(each => each.line === line)
const isForAnyoneSignedIn = (line: string) => listed.some(each => each.line === line && each.audience === 'signed-in')

/** A form that leads to Entra is answered with a page that goes on there. */
const statusOf = (line: string) => (line.startsWith('POST') && line !== 'POST /check-again' ? 303 : 200)

const unlisted = '/no-such-page'
const paths = [
  ...new Set([...pages.map(({ path }) => path), ...doors.map(door => door.split(' ')[1] as string)]),
  '/auth',
  '/hooks/graph',
  '/assets/no-such-file.css',
]
// CONNECT asks for a tunnel and names no path; Node closes the connection.
const verbs = METHODS.filter(verb => verb !== 'CONNECT')

const cookies: Record<string, string> = { nobody: '' }
const test = testIn({ now: '2026-03-02T12:00:00Z' })
test.beforeAll(async ({ house }) => {
  // Nobody can tell of someone in more groups than a token lists.
  house.tenant.set({ graphError: { what: '503', where: 'check' } })
  for (const key of ['oskar', 'mona', 'alice']) cookies[key] = (await house.visitor(key)).cookieHeader()
})

const ask = (
  house: House,
  who: string,
  method: string,
  target: string,
  headers: Record<string, string>,
): Promise<RawAnswer> =>
  raw(house.baseUrl, { method, target, headers: { ...headers, ...(cookies[who] && { Cookie: cookies[who] }) } })

/** An answer without what names this one request: its reference, its length, and the path to come back to. */
function bare({ status, headers, text }: RawAnswer) {
  const { 'x-request-id': reference = '-', 'content-length': _length, date: _date, ...rest } = headers
  const words = (all: string) =>
    all
      .replaceAll(reference, 'REFERENCE')
      .replace(/(name="returnTo" value=")[^"]*/g, '$1PATH')
      .replace(/returnTo=[\w%.-]*/g, 'returnTo=PATH')
      .replace(/(class="button" href=")\/[^"]*/g, '$1PATH')
  return { status, headers: words(JSON.stringify(rest)), text: words(text) }
}

/** Browsers go with these; all other verbs take a script. */
const ofBrowsers = ['GET', 'HEAD', 'POST', 'OPTIONS']
const kindsOf = (verb: string): [kind: string, headers: Record<string, string>][] => [
  ['a script', script],
  ...(ofBrowsers.includes(verb) ? [['a browser', navigation] satisfies [string, object]] : []),
]

describe.each(verbs)('%s', verb => {
  for (const [kind, headers] of kindsOf(verb)) {
    const isNavigation = kind === 'a browser' && (verb === 'GET' || verb === 'HEAD')

    for (const [who, status] of [
      ['nobody', isNavigation ? 302 : 401],
      ['oskar', 403],
      ['mona', 503],
    ] as const)
      test(`${who} with ${kind} learns nothing about what there is: ${status}`, async ({ house }) => {
        const nothing = bare(await ask(house, who, verb, unlisted, headers))
        expect(nothing.status).toBe(status)
        for (const path of paths) {
          const line = `${verb} ${path}`
          if (doors.includes(line) || (who !== 'nobody' && isForAnyoneSignedIn(line))) continue
          expect({ line, ...bare(await ask(house, who, verb, path, headers)) }).toEqual({ line, ...nothing })
        }
      })

    test(`a member with ${kind} gets what is listed, and 404 for all else`, async ({ house }) => {
      for (const path of [...paths, unlisted]) {
        const line = `${verb} ${path}`
        if (doors.includes(line)) continue
        const { status } = await ask(house, 'alice', verb, path, headers)
        expect({ line, status }).toEqual({ line, status: isListed(line) ? statusOf(line) : 404 })
      }
    })
  }
})

test('a tunnel is never opened', async ({ house }) => {
  for (const target of ['localhost:80', '/', '/health/live'])
    expect(await ask(house, 'alice', 'CONNECT', target, {})).toMatchObject({ status: 0, text: '' })
})

test.for(doors)('%s is open to everyone', async (door, { house }) => {
  const [verb = '', path = ''] = door.split(' ')
  const answer = await ask(house, 'nobody', verb, path, script)
  expect(answer.status).not.toBe(401)
  expect(answer.headers.location ?? '').not.toMatch(/^\/auth\/sign-in/)
})
