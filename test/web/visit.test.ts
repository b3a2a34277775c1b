import { describe, expect, test } from 'vitest'
import { visitOf } from '../../src/web/visit.ts'
import { admitting, aliceIdentity, aliceRecord, madeRequest, madeResponse } from './made-request.ts'

const member = { member: true, provenAt: 1 } as const

/** The visit of Alice, who is a member, and all that her sessions were asked. */
async function visited(asked: Parameters<typeof madeRequest>[0] = {}) {
  const done: unknown[] = []
  const request = madeRequest(asked)
  const { response } = madeResponse(request)
  const services = {
    sessions: {
      ownSessions: async (of: unknown) => {
        done.push(['own', of])
        return ['one']
      },
      endOwn: async (of: unknown, which: string) => void done.push(['end', of, which]),
      rotate: async (of: unknown) => void done.push(['rotate', of]),
    },
    accessNow: (standing: unknown) => ({ state: 'off', standing }),
  }
  await admitting({ membership: member })(request, response, () => {})
  const visit = visitOf(request, response, { services: services as never, audience: 'members' })
  return { visit, request, response, done }
}

test('nobody visits a page that no guard has let them into', () => {
  const request = madeRequest()
  const { response } = madeResponse(request)
  expect(() => visitOf(request, response, { services: {} as never, audience: 'members' })).toThrow('passing a guard')
})

describe('a page gets to know', () => {
  test('who has come, and how long they may wait', async () => {
    const { visit } = await visited()
    expect([visit.person, visit.who]).toEqual([
      aliceIdentity,
      { identity: aliceIdentity, sessionId: 'session-id', waitsUntil: 6_000 },
    ])
  })

  test('what they asked for', async () => {
    const { visit } = await visited({ url: '/reports/7?x=1', params: { id: '7' }, body: { a: 'b' } })
    expect(visit).toMatchObject({ path: '/reports/7', params: { id: '7' }, query: { x: '1' }, form: { a: 'b' } })
  })

  test('whether a browser asks ahead of time', async () => {
    const ahead = await visited({ headers: { purpose: 'prefetch' } })
    expect([ahead.visit.isAhead, (await visited()).visit.isAhead]).toEqual([true, false])
  })

  test('the log of the request, and its reference there', async () => {
    const { visit, response } = await visited()
    expect([visit.log, visit.reference]).toEqual([response.locals.log, 'REFERENCE'])
  })

  test('what the session remembers, and the membership by which the gate decided', async () => {
    const { visit } = await visited()
    expect([visit.session.record, visit.session.membership]).toEqual([aliceRecord, member])
  })

  test('how access stands, as the gate has just found it', async () => {
    const { visit } = await visited()
    expect(await visit.session.access()).toEqual({
      state: 'off',
      standing: { record: aliceRecord, membership: member },
    })
  })

  test('the sessions of the person', async () => {
    const { visit, request, done } = await visited()
    expect([await visit.session.own(), done]).toEqual([['one'], [['own', request]]])
  })
})

describe('a page can', () => {
  test('end a session of the person', async () => {
    const { visit, request, done } = await visited()
    await visit.session.end('others')
    expect(done).toEqual([['end', request, 'others']])
  })

  test('give the session a new id', async () => {
    const { visit, request, done } = await visited()
    await visit.session.rotate()
    expect(done).toEqual([['rotate', request]])
  })
})
