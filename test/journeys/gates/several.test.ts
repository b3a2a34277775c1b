import { describe, expect, test } from 'vitest'
import type { House } from '../../support/house.ts'
import { askedOf, someoneIn, turnOn, turnOnWithPasskey, wish } from '../../support/self-service.ts'
import { openThreeGates } from '../../support/three-gates.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'

const operators = { gate: 'operators' }
const on = (house: House, key: string, group: 'operators' | 'auditors', minutes = 60) =>
  house.tenant.assign(key, { minutes, reason: 'Refund 8841', group })
/** The status of the page, once Entra has been asked for the context that the gate needs. */
const statusOf = async (visitor: Visitor, path: string) => (await visitor.follow(path)).status

/** Lets time pass until the progress at these gates is at this step. */
async function untilAt(house: House, visitor: Visitor, query: string, step = 'in', atMostSeconds = 60) {
  for (let seconds = 0; seconds <= atMostSeconds; seconds++) {
    const { body } = await visitor.fetch(`/access/turning-on/state?${query}`)
    if (body.step === step) return seconds
    house.clock.advance({ seconds: 1 })
  }
  throw new Error(`not ${step} within ${atMostSeconds} seconds`)
}

describe('a member of one gate', () => {
  test("is refused at another gate's page, with the remedy for that gate", async () => {
    await using house = await openThreeGates()
    const alice = await house.visitor('alice')
    expect(await statusOf(alice, '/')).toBe(200)
    const refused = await alice.get('/refunds')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('<input type="hidden" name="gate" value="operators">')
    expect(refused.text).toMatch(/It opens only for active members of <strong><bdi>Payments operators<\/bdi>/)
  })

  test('is refused by a script with the same problem as ever', async () => {
    await using house = await openThreeGates()
    const alice = await house.visitor('alice')
    expect((await alice.fetch('/refunds')).body).toMatchObject({ status: 403, code: 'not-a-member' })
  })

  test('turns on the other, and is on the page first asked for', async () => {
    await using house = await openThreeGates()
    const alice = await house.visitor('alice')
    await turnOnWithPasskey(alice, '/refunds', operators)
    await untilAt(house, alice, 'gate=operators')
    const landed = await alice.follow('/access/turning-on?gate=operators')
    expect([landed.status, landed.at]).toEqual([200, `${house.baseUrl}/refunds`])
    expect(askedOf(house, 'alice').at(-1)).toMatchObject({ group: 'operators', reason: wish.reason })
  })

  test('is out at the other at its second, while the first goes on', async () => {
    await using house = await openThreeGates({ settings: { MEMBERSHIP_RECHECK_SECONDS: '300' } })
    house.tenant.extend('alice', { minutes: 600, reason: 'A long day' })
    const alice = await house.visitor('alice')
    await turnOnWithPasskey(alice, '/refunds', operators)
    await untilAt(house, alice, 'gate=operators')
    house.clock.advance({ minutes: 59 })
    expect(await statusOf(alice, '/refunds')).toBe(200)
    house.clock.set('2026-03-02T13:00:05Z')
    expect([await statusOf(alice, '/refunds'), await statusOf(alice, '/')]).toEqual([403, 200])
  })

  test('who is removed there early keeps the other', async () => {
    await using house = await openThreeGates()
    on(house, 'alice', 'operators')
    const alice = await house.visitor('alice')
    expect([await statusOf(alice, '/refunds'), await statusOf(alice, '/')]).toEqual([200, 200])
    house.tenant.end('alice')
    house.clock.advance({ seconds: 61 })
    expect([await statusOf(alice, '/refunds'), await statusOf(alice, '/')]).toEqual([200, 403])
  })

  test('ends the other alone', async () => {
    await using house = await openThreeGates()
    const alice = await house.visitor('alice')
    await turnOnWithPasskey(alice, '/refunds', operators)
    await untilAt(house, alice, 'gate=operators')
    house.clock.advance({ minutes: 6 })
    expect((await alice.post('/access/end', operators)).status).toBe(303)
    expect([await statusOf(alice, '/refunds'), await statusOf(alice, '/')]).toEqual([403, 200])
  })
})

describe('a page of several gates', () => {
  test.each(['operators', 'auditors'] as const)('opens to a member of %s', async group => {
    await using house = await openThreeGates()
    on(house, 'oskar', group)
    expect(await statusOf(await house.visitor('oskar'), '/either')).toBe(200)
  })

  test('refuses a member of neither', async () => {
    await using house = await openThreeGates()
    expect(await statusOf(await house.visitor('alice'), '/either')).toBe(403)
  })
})

test('what is not there is told to members of any gate, and to nobody else', async () => {
  await using house = await openThreeGates()
  on(house, 'oskar', 'auditors')
  expect(await statusOf(await house.visitor('oskar'), '/nothing-here')).toBe(404)
  expect(await statusOf(await house.visitor('lena'), '/nothing-here')).toBe(403)
})

test('the navigation shows the pages of a gate to its members only', async () => {
  await using house = await openThreeGates()
  on(house, 'oskar', 'auditors')
  expect((await (await house.visitor('oskar')).get('/reports')).text).toContain('>Reports</a>')
  expect((await (await house.visitor('alice')).get('/')).text).not.toContain('Reports')
})

describe('the line under the header', () => {
  test('names the gate of the page and its end, and the gate that ends sooner', async () => {
    await using house = await openThreeGates()
    const alice = await house.visitor('alice')
    await turnOnWithPasskey(alice, '/refunds', { ...operators, minutes: '30' })
    await untilAt(house, alice, 'gate=operators')
    await alice.follow('/access/turning-on?gate=operators')
    await alice.get('/access')
    const page = (await alice.get('/')).text
    expect(page).toMatch(/Payments administrators<\/bdi>/)
    expect(page).toMatch(/Access to <bdi>Payments operators<\/bdi> ends sooner, at <time[^>]*>12:3\d UTC/)
    const other = (await alice.get('/refunds')).text
    expect(other).toMatch(/action="\/access\/extend" data-extend>[\s\S]*?name="gate" value="operators"/)
    expect(other).not.toContain('ends sooner')
  })
})

describe('access that is turned on at several gates together', () => {
  const both = { ...wish, together: 'yes', gate: ['members', 'operators'] }

  test('takes one touch where both ask for the same context', async () => {
    await using house = await openThreeGates()
    const ben = await house.visitor('ben')
    const sent = await ben.post('/access', { ...both, returnTo: '/refunds' })
    const asked = await ben.follow(wayOn(sent) ?? '')
    await ben.answer(asked, { method: 'passkey' })
    await untilAt(house, ben, 'gate=members&gate=operators')
    expect([await statusOf(ben, '/'), await statusOf(ben, '/refunds')]).toEqual([200, 200])
    expect(askedOf(house).map(({ group, reason }) => [group, reason])).toEqual([
      ['members', wish.reason],
      ['operators', wish.reason],
    ])
  })

  test('takes one check more where the other asks for another context', async () => {
    await using house = await openThreeGates()
    house.tenant.set({ contextsWithPolicy: ['c1', 'c2'] })
    house.tenant.setPolicy({ group: 'operators', context: 'c2' })
    const ben = await house.visitor('ben')
    const first = await ben.follow(wayOn(await ben.post('/access', { ...both, returnTo: '/refunds' })) ?? '')
    await ben.answer(first, { method: 'passkey' })
    await untilAt(house, ben, 'gate=members&gate=operators')
    expect(askedOf(house).map(({ group }) => group)).toEqual(['members', 'operators'])
  })

  test('needs no touch where no policy asks for one', async () => {
    await using house = await openThreeGates()
    for (const group of ['members', 'operators'] as const) house.tenant.setPolicy({ group, context: false })
    const ben = await house.visitor('ben')
    const sent = await ben.post('/access', { ...both, returnTo: '/' })
    expect(wayOn(sent)).toContain('/access/turning-on?gate=members&gate=operators')
    await untilAt(house, ben, 'gate=members&gate=operators')
  })

  test('is asked for again with the word on what is wrong, where an approver said no at one of them', async () => {
    await using house = await openThreeGates()
    house.tenant.setPolicy({ group: 'members', context: false })
    house.tenant.setPolicy({ group: 'operators', context: false, approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    await ben.post('/access', { ...both, returnTo: '/refunds' })
    house.tenant.deny(house.tenant.requests.at(-1)?.id ?? '', 'lena', 'Use staging')
    house.clock.advance({ seconds: 3 })
    const query = 'gate=members&gate=operators'
    expect((await ben.get(`/access/turning-on?${query}`)).text).toContain('said no at')
    const { together: _, ...again } = both
    const answer = await ben.post('/access', { ...again, reason: 'x' })
    expect([answer.status, /<textarea id="reason"[^>]*aria-invalid="true">x</.test(answer.text)]).toEqual([422, true])
    expect(answer.text.match(/name="gate" value="\w+"/g)).toEqual(['name="gate" value="operators"'])
    expect(wayOn(await ben.post('/access', again))).toContain(query)
    expect(house.tenant.requests.at(-1)).toMatchObject({ group: 'operators', status: 'PendingApproval' })
  })

  test('is sent where nothing is missing, and asked for again where one of them wants a ticket', async () => {
    await using house = await openThreeGates()
    house.tenant.setPolicy({ group: 'members', context: false })
    house.tenant.setPolicy({ group: 'operators', context: false, ticket: true })
    const ben = await house.visitor('ben')
    const answer = await ben.post('/access', { ...both, returnTo: '/refunds' })
    expect([answer.status, answer.text.includes('<input type="hidden" name="gate" value="operators">')]).toEqual([
      422,
      true,
    ])
    expect(answer.text).toMatch(/id="ticket-error"/)
    expect(answer.text).toContain(wish.reason)
    expect(askedOf(house).map(({ group }) => group)).toEqual(['members'])
  })

  test('asks for a tick, and keeps what was typed', async () => {
    await using house = await openThreeGates()
    const ben = await house.visitor('ben')
    const { gate: _, ...untouched } = both
    const answer = await ben.post('/access', untouched)
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('Tick at least one.')
    expect(answer.text).toContain(wish.reason)
    expect(askedOf(house)).toEqual([])
  })

  test('comes back with its ticks where the reason says nothing', async () => {
    await using house = await openThreeGates()
    const ben = await house.visitor('ben')
    const answer = await ben.post('/access', { ...both, reason: 'work' })
    expect(answer.status).toBe(422)
    expect(answer.text.match(/name="gate" value="\w+" checked/g)).toHaveLength(2)
    expect(askedOf(house)).toEqual([])
  })
})

test.each([
  [{}, undefined],
  [operators, 'gate=operators'],
])('the waiting page of one gate asks how that gate goes: %j', async (gate, query) => {
  await using house = await openThreeGates({ tenant: { switches: { tokenLagSeconds: 600 } } })
  const ben = await house.visitor('ben')
  const waiting = await turnOnWithPasskey(ben, '/', gate)
  expect(waiting.text).toContain('data-progress')
  expect(/data-query="([^"]*)"/.exec(waiting.text)?.[1]).toBe(query)
  expect((await ben.fetch(`/access/turning-on/state?${query ?? ''}`)).status).toBe(200)
})

test.each(['nothing', 'constructor', 'administrators'])('no door knows the gate %s', async gate => {
  await using house = await openThreeGates()
  const ben = await house.visitor('ben')
  expect((await ben.get(`/access/end?gate=${gate}`)).status).toBe(404)
  expect((await ben.post('/access', { ...wish, gate })).status).toBe(404)
})

test('a form that is refused at a gate is kept, and sent when that gate is on', async () => {
  await using house = await openThreeGates()
  const alice = await house.visitor('alice')
  const refused = await alice.post('/refunds', { customer: '8841' })
  expect([refused.status, refused.text.includes('We kept what you typed')]).toEqual([403, true])
  expect(refused.text).toContain('<input type="hidden" name="gate" value="operators">')
})

test('My access shows each gate that concerns the person', async () => {
  await using house = await openThreeGates()
  const ben = await someoneIn(house)
  const { text } = await ben.get('/access')
  expect(text).toContain('<h2 id="on"><bdi>Payments administrators</bdi></h2>')
  expect(text).toMatch(/<h3><bdi>Payments operators<\/bdi>/)
  expect(text).not.toContain('Payments auditors')
})

test('My access calls no gate on because of an old proof, whichever gate its address names', async () => {
  await using house = await openThreeGates()
  const ben = await someoneIn(house)
  house.tenant.end('ben')
  house.clock.advance({ seconds: 61 })
  const { text } = await ben.get('/access?gate=operators&again=0')
  expect(text).not.toContain('<h2 id="on"><bdi>Payments administrators</bdi></h2>')
  expect(text).toContain('No access is on.')
})

test('an approver reads which gate a request is about, and approves it', async () => {
  await using house = await openThreeGates()
  house.tenant.setPolicy({ group: 'operators', context: false, approval: { approvers: ['lena'] } })
  const alice = await house.visitor('alice')
  await turnOn(alice, '/refunds', operators)
  const lena = await house.visitor('lena')
  const list = (await lena.get('/approvals')).text
  expect(list).toContain('For <bdi>Payments operators</bdi>')
  const path = list.match(/href="(\/approvals\/[^"]+)"/)?.[1] ?? ''
  expect((await lena.get(path)).text).toContain('<dt>Access to</dt><dd><bdi>Payments operators</bdi></dd>')
  expect((await lena.post(path, { ...operators, decision: 'approve', comment: 'Agreed' })).status).toBe(303)
  await untilAt(house, alice, 'gate=operators')
})

test('a page of several gates offers the one that the person may turn on', async () => {
  await using house = await openThreeGates()
  const refused = await (await house.visitor('ben')).get('/either')
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('<input type="hidden" name="gate" value="operators">')
})

test.each([
  ['of operators', '/access/turning-on?gate=operators', /Access to <strong><bdi>Payments operators<\/bdi>/],
  ['of members', '/access/turning-on', /Access to <strong><bdi>Payments administrators<\/bdi>/],
])('the waiting page %s says which gate it is about', async (_what, path, named) => {
  await using house = await openThreeGates()
  house.tenant.set({ tokenLagSeconds: 600 })
  const ben = await house.visitor('ben')
  const gate = path.includes('operators') ? operators : undefined
  await turnOnWithPasskey(ben, '/', gate)
  expect((await ben.get(path)).text).toMatch(named)
})
