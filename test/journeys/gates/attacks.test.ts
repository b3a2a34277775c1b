import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { openBentGraph } from '../../support/bent-graph.ts'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { askedOf, turnOn, wish } from '../../support/self-service.ts'
import { testIn } from '../../support/test-in.ts'
import { openThreeGates } from '../../support/three-gates.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'

const operators = { gate: 'operators' }
const withoutChecks = (house: House) => {
  for (const group of ['members', 'operators'] as const) house.tenant.setPolicy({ group, context: false })
}

const inHouse = testIn(() => openThreeGates())

describe('a gate that is named in no way that a door knows', () => {
  const unknown = [
    'gate=nothing',
    `gate=${'x'.repeat(10_000)}`,
    'gate=%00%0d%0aLocation:%20x',
    'gate=__proto__',
    'gate=toString',
    'gate=',
    'gate=MEMBERS',
    'gate=operators%20',
    'gate=%FF',
  ]

  inHouse.for(unknown)('(%j) is no gate at any door, and nothing is asked for', async (named, { house }) => {
    const ben = await house.visitor('ben')
    const answers = [
      await ben.get(`/access/turning-on?${named}`),
      await ben.get(`/access/turning-on/state?${named}`),
      await ben.get(`/access/end?${named}`),
      await ben.post('/access', `${new URLSearchParams(wish)}&${named}`),
      await ben.post('/access/cancel', named),
      await ben.post('/access/end', named),
      await ben.post('/access/extend', `minutes=30&${named}`),
    ]
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
    expect(askedOf(house)).toEqual([])
  })

  inHouse('is left out beside one that the page that waits knows, and sends nothing anywhere', async ({ house }) => {
    const ben = await house.visitor('ben')
    const named = 'gate=members&gate=nothing'
    const pages = [await ben.get(`/access/turning-on?${named}`), await ben.get(`/access/turning-on/state?${named}`)]
    const acts = [
      await ben.get(`/access/end?${named}`),
      await ben.post('/access', `${new URLSearchParams(wish)}&${named}`),
      await ben.post('/access/cancel', named),
      await ben.post('/access/end', named),
      await ben.post('/access/extend', `minutes=30&${named}`),
    ]
    const statuses = [...pages, ...acts].map(({ status }) => status)
    expect([statuses, askedOf(house)]).toEqual([[200, 200, 404, 404, 404, 404, 404], []])
  })

  inHouse.for(['gate[a]=b', 'gate[__proto__]=operators', 'gate=members&gate=members'])(
    '(%j) is one of no name, or members once',
    async (named, { house }) => {
      const ben = await house.visitor('ben')
      expect((await ben.fetch(`/access/turning-on/state?${named}`)).body.step).toBe('none')
      expect((await ben.post('/access/cancel', named)).headers.location).toBe('/access/turning-on')
    },
  )
})

describe('a gate that is named to a page', () => {
  test('changes nothing about who gets in', async () => {
    await using house = await openThreeGates()
    house.tenant.assign('oskar', { minutes: 60, reason: 'Audit', group: 'auditors' })
    const [oskar, alice] = [await house.visitor('oskar'), await house.visitor('alice')]
    const statuses = [
      await oskar.get('/?gate=auditors'),
      await oskar.get('/sessions?gate=auditors&gate=members'),
      await alice.get('/refunds?gate=members'),
      await alice.post('/refunds', { gate: 'members' }),
      await alice.post('/refunds?gate=members', { gate: 'members' }),
      await alice.get('/either?gate=members'),
    ].map(({ status }) => status)
    expect(statuses).toEqual([403, 403, 403, 403, 403, 403])
  })
})

describe('a wish at one gate', () => {
  test('is nothing at another', async () => {
    await using house = await openThreeGates()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    const [key = ''] = await house.redis.keys(`${house.prefix}note:activation:*`)
    const [, id = ''] = /note:activation:([^:]+)/.exec(key) ?? []
    expect(id).not.toBe('')
    const oid = house.tenant.people.find(each => each.key === 'ben')?.oid ?? ''
    const who = { identity: { objectId: oid }, sessionId: 'x', waitsUntil: performance.now() + 5_000 } as never
    const at = (gate: string) => house.services.selfService.find(each => each.gate === gate)?.access
    expect([await at('operators')?.claimsFor(who, id), askedOf(house)]).toEqual([undefined, []])
  })

  test('leads back to its page where the replica that Entra answers does not know the gate', async () => {
    await using house = await openThreeGates()
    await using replica = await openReplica(house, { GATES_FILE: '' })
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben, '/refunds', operators)
    const chosen = await ben.post(asked.at, { method: 'passkey' })
    const answered = await ben.get(chosen.headers.location ?? '')
    const back = await ben.get(replica.at(answered.headers.location ?? ''))
    expect([back.status, back.headers.location]).toEqual([303, '/refunds'])
    expect(askedOf(house)).toEqual([])
  })
})

test('a form that is kept at one page is nothing at the page of another gate', async () => {
  await using house = await openThreeGates()
  house.tenant.assign('alice', { minutes: 60, reason: 'Audit', group: 'auditors' })
  const alice = await house.visitor('alice')
  const refused = await alice.post('/refunds', { customer: '8841' })
  const [, draft = ''] = /draft=([\w-]+)/.exec(decodeURIComponent(refused.text)) ?? []
  expect(draft).not.toBe('')
  expect((await alice.get(`/kept-form/sessions/end?draft=${draft}`)).text).not.toContain('8841')
  expect((await alice.get(`/kept-form/refunds?draft=${draft}&gate=members`)).status).toBe(403)
})

test('a request at one gate is not decided under the name of another', async () => {
  await using house = await openThreeGates()
  house.tenant.setPolicy({ group: 'operators', context: false, approval: { approvers: ['lena'] } })
  await turnOn(await house.visitor('alice'), '/refunds', operators)
  const lena = await house.visitor('lena')
  const [, path = ''] = /href="(\/approvals\/[^"?]+)/.exec((await lena.get('/approvals')).text) ?? []
  for (const gate of ['members', 'auditors', ['auditors', 'operators'], '']) {
    const form = { gate, decision: 'approve', comment: 'Agreed' }
    expect((await lena.post(`${path}?gate=operators`, form)).status).toBe(404)
  }
  expect(house.tenant.requests.at(-1)?.decision).toBeUndefined()
})

describe('a waiting page of several gates that nobody has come to yet', () => {
  const path = '/access/turning-on?gate=members&gate=operators&returnTo=%2Frefunds'
  const ahead = async (ben: Visitor) => [
    await ben.send('head', path),
    await ben.get(path, { headers: { 'Sec-Purpose': 'prefetch' } }),
  ]

  test('gives the session no new id once both are on', async () => {
    await using house = await openThreeGates()
    withoutChecks(house)
    const ben = await house.visitor('ben')
    await ben.post('/access', { ...wish, together: 'yes', gate: ['members', 'operators'], returnTo: '/refunds' })
    house.clock.advance({ seconds: 5 })
    const cookies = ben.cookieHeader()
    expect((await ahead(ben)).map(({ headers }) => headers.location)).toEqual(['/refunds', '/refunds'])
    expect(ben.cookieHeader()).toBe(cookies)
    await ben.get(path)
    expect(ben.cookieHeader()).not.toBe(cookies)
  })

  test('sends nobody to Entra', async () => {
    await using house = await openThreeGates()
    withoutChecks(house)
    house.tenant.set({ tokenLagSeconds: 600 })
    const ben = await house.visitor('ben')
    await ben.post('/access', { ...wish, together: 'yes', gate: ['members', 'operators'], returnTo: '/refunds' })
    for (let seconds = 0; seconds < 30; seconds += 5) {
      house.clock.advance({ seconds: 5 })
      for (const answer of await ahead(ben)) expect(wayOn(answer) ?? '').not.toContain(house.tenant.origin)
    }
  })
})

describe('a notification', () => {
  test('under the secret of one group about another changes nothing at either', async () => {
    await using house = await openThreeGates({ settings: { GRAPH_NOTIFICATIONS: 'on' } })
    const { members, operators } = house.tenant.managedGroups
    const news = (gate: string) => house.services.gates.named(gate).news
    const before = house.services.gates.all.map(gate => gate.news.staleBefore())
    const item = { subscriptionId: '5e4ad3a5-6e3f-4a9c-a4a7-0cf0b9a9a111', tenantId: house.tenant.tenantId }
    const value = [
      { ...item, clientState: news('members').clientStates()[0], resource: `Groups/${operators}` },
      { ...item, clientState: news('operators').clientStates()[0], resource: `Groups/${members}` },
    ]
    expect((await request(house.baseUrl).post('/hooks/graph').send({ value })).status).toBe(202)
    expect(house.services.gates.all.map(gate => gate.news.staleBefore())).toEqual(before)
  })
})

describe('a Graph that lies about many groups', () => {
  const everything = { members: 200, operators: 200 }
  // PIM shows that Mona's period at members goes on, so she is led to the page that waits for it.
  const nothing = { members: 303, operators: 403 }
  test.each([
    ['names other groups beside', (ids: string[]) => [...ids, '00000000-1111-4222-8333-444444444444'], everything],
    ['writes them in capitals', (ids: string[]) => ids.map(id => id.toUpperCase()), everything],
    ['names other groups only', () => ['00000000-1111-4222-8333-444444444444'], nothing],
    ['leaves the second out', ([first = '']: string[]) => [first], { members: 200, operators: 403 }],
    ['names none', () => [], nothing],
    ['names what is no id', (ids: string[]) => [...ids, '*'], { members: 503, operators: 503 }],
  ])('and %s', async (_how, said, expected) => {
    await using graph = await openBentGraph()
    await using house = await openThreeGates({ settings: { GRAPH_BASE_URL: graph.base } })
    graph.leadTo(house.tenant.graphBase)
    graph.bend(({ path, body }) =>
      path === '/me/checkMemberGroups' ? { status: 200, body: { value: said(body.groupIds as string[]) } } : undefined,
    )
    const mona = await house.visitor('mona')
    const [atMembers, atOperators] = [await mona.get('/'), await mona.follow('/refunds')]
    expect({ members: atMembers.status, operators: atOperators.status }).toEqual(expected)
  })
})
