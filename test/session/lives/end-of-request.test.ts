import type { Request, Response } from 'express'
import { expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { Problem } from '../../../src/errors.ts'
import { createCookies } from '../../../src/session/cookies.ts'
import { createEndOfRequest } from '../../../src/session/lives/end-of-request.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { createSeal, fingerprint } from '../../../src/session/sealing/seal.ts'
import { alice, recordAt } from '../../support/alice.ts'
import type { House } from '../../support/house.ts'
import { signedCookie } from '../../support/stored.ts'

const secrets = [new Secret('test-0123456789-abcdefghij-KLMNOP')] as const
const cookies = createCookies('http://localhost')
const record: SessionRecord = { ...recordAt(0), lineage: 'the lineage' }
const wentOn = { identity: { tenantId: 't', objectId: 'o' }, lineage: 'went on' }
const browserOf = ({ identity, lineage }: SessionRecord) => ['browser', { identity, lineage }]

/**
 * A request for the session "one", and an end of it whose every step is written down. `known`: the record that the
 * request has; `loaded`: what express-session read of the session. The session "old" went on under another id.
 */
function open({
  known,
  loaded = {},
  cookie,
  failing = false,
}: {
  known?: SessionRecord
  loaded?: object
  cookie?: string
  failing?: boolean
}) {
  const steps: unknown[][] = []
  const request = { sessionID: 'one', session: loaded, headers: { cookie } } as never as Request
  const response = { clearCookie: (...args: unknown[]) => steps.push(['cleared', ...args]) } as never as Response
  const records = new WeakMap(known ? [[request, known]] : [])
  const end = createEndOfRequest({
    records,
    cookies,
    seal: createSeal(secrets),
    wentOnes: { find: async (id: string) => (fingerprint(id) === fingerprint('old') ? wentOn : undefined) },
    endOf: { browser: async (left: unknown) => void steps.push(['browser', left]) },
    removal: {
      destroy: async (...args: unknown[]) => {
        if (failing) throw new Problem('redis-away')
        steps.push(['destroyed', ...args])
      },
    },
  } as never)
  return { steps, records, request, end: () => end(request, response) }
}

const cleared = ['cleared', 'gatehouse', cookies.attributes]
const destroyed = ['destroyed', 'one', alice]
const cookieOf = (id: string) => `gatehouse=${signedCookie({ config: { session: { secrets } } } as never as House, id)}`

test('a sign-out ends the session of the browser wherever it goes on, then the session itself, then the cookie', async () => {
  const { steps, end } = open({ known: record })
  await end()
  expect(steps).toEqual([browserOf(record), destroyed, cleared])
})

test('a sign-out ends a session that lets nobody in any more', async () => {
  const { steps, end } = open({ loaded: { record } })
  await end()
  expect(steps).toEqual([browserOf(record), destroyed, cleared])
})

test('a sign-out ends the session as this request has it, although it was loaded in another lineage', async () => {
  const { steps, end } = open({ known: record, loaded: { record: { ...record, lineage: 'loaded' } } })
  await end()
  expect(steps).toContainEqual(browserOf(record))
})

test('a sign-out ends a session that only another release can read', async () => {
  const { steps, end } = open({ loaded: { isUnread: true } })
  await end()
  expect(steps).toEqual([['destroyed', 'one', undefined], cleared])
})

test('a sign-out with the cookie of a session that went on ends the one that went on', async () => {
  const { steps, end } = open({ cookie: cookieOf('old') })
  await end()
  expect(steps).toEqual([['browser', wentOn], cleared])
})

test.for([
  ['the cookie of a session that nobody knows', cookieOf('unknown')],
  ['a cookie that is not ours', 'gatehouse=s%3Aold.AAAA'],
  ['the cookie of another name', cookieOf('old').replace('gatehouse', 'another')],
  ['no cookie', undefined],
])('a sign-out with %s only clears the cookie', async ([_what, cookie], { expect }) => {
  const { steps, end } = open({ ...(cookie !== undefined && { cookie }) })
  await end()
  expect(steps).toEqual([cleared])
})

test('a request that signed out has no session any more', async () => {
  const { records, request, end } = open({ known: record })
  await end()
  expect(records.has(request)).toBe(false)
})

test('a browser keeps its cookie where Redis does not confirm the end', async () => {
  const { steps, end } = open({ known: record, failing: true })
  await expect(end()).rejects.toMatchObject({ code: 'redis-away' })
  expect(steps).not.toContainEqual(cleared)
})
