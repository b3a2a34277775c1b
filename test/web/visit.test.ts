import { describe, expect, test } from 'vitest'
import type { Audience } from '../../src/gate/decide.ts'
import { createGates } from '../../src/gate/gates.ts'
import { visitOf } from '../../src/web/visit.ts'
import { admitting, aliceAtMembers, aliceIdentity, aliceRecord, madeRequest, madeResponse } from './made-request.ts'

const member = { member: true, provenAt: 1 } as const
const known = { member: true, provenAt: 2 } as const

/** The visit of Alice, who is a member, and all that her sessions were asked. */
async function visited(asked: Parameters<typeof madeRequest>[0] = {}, audience: Audience = 'members') {
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
    gates: createGates(
      ['members', 'operators'].map(name => ({
        name,
        settings: {},
        known: () => known,
        accessNow: (standing: unknown) => ({ state: 'off', standing }),
      })),
    ),
  }
  await admitting({ membership: member })(request, response, () => {})
  const visit = visitOf(request, response, { services: services as never, page: { requirement: { audience } } })
  return { visit, request, response, done }
}

test('nobody visits a page that no guard has let them into', () => {
  const request = madeRequest()
  const { response } = madeResponse(request)
  expect(() =>
    visitOf(request, response, { services: {} as never, page: { requirement: { audience: 'members' } } }),
  ).toThrow('passing a guard')
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
      standing: { record: aliceAtMembers, membership: member },
    })
  })

  test('the sessions of the person', async () => {
    const { visit, request, done } = await visited()
    expect([await visit.session.own(), done]).toEqual([['one'], [['own', request]]])
  })
})

describe('a page for everyone', () => {
  const gateOf = async (asked: Parameters<typeof madeRequest>[0], audience: Audience = 'signed-in') =>
    (await visited(asked, audience)).visit.session.gate

  test('is about the gate that its address names', async () => {
    expect(await gateOf({ url: '/access?gate=operators' })).toBe('operators')
  })

  test('is about the gate that its form names, whatever the address names', async () => {
    expect(await gateOf({ url: '/access?gate=members', body: { gate: 'operators' } })).toBe('operators')
  })

  test.each([
    ['that it does not name', {}],
    ['that no setting describes', { url: '/access?gate=toString' }],
  ])('is about the gate that let the person in, in place of one %s', async (_what, asked) => {
    expect(await gateOf(asked)).toBe('members')
  })

  test('knows of another gate what the session remembers of it', async () => {
    const { visit } = await visited({ url: '/access?gate=operators' }, 'signed-in')
    expect(visit.session.membership).toBe(known)
  })
})

test('a page of a gate is about that gate, whatever its address names', async () => {
  const { visit } = await visited({ url: '/refunds?gate=operators' })
  expect([visit.session.gate, visit.session.membership]).toEqual(['members', member])
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
