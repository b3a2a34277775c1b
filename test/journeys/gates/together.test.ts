import { describe, expect, test } from 'vitest'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { askedOf, trailOf, turnOn, turnOnWithPasskey, wish } from '../../support/self-service.ts'
import { openThreeGates } from '../../support/three-gates.ts'
import { type Answer, type Visitor, wayOn } from '../../support/visitor.ts'

type Gate = 'members' | 'operators' | 'auditors'
const gates = ['members', 'operators', 'auditors'] as const
const titles = { members: 'Payments administrators', operators: 'Payments operators', auditors: 'Access auditors' }
const together = { together: 'yes', gate: [...gates] }
const query = gates.map(gate => `gate=${gate}`).join('&')

/** A house in which Ben may turn on access at three gates, each of which asks for another context: c1, c2 and c3. */
async function openContexts(contexts: Partial<Record<Gate, string | false>> = {}) {
  const house = await openThreeGates({ tenant: { eligible: { operators: ['ben'], auditors: ['ben'] } } })
  house.tenant.set({ contextsWithPolicy: ['c1', 'c2', 'c3'] })
  const wanted = { members: 'c1', operators: 'c2', auditors: 'c3', ...contexts }
  for (const group of gates) house.tenant.setPolicy({ group, context: wanted[group] })
  return house
}

/** Touches the passkey once. Entra asks for no other touch for the contexts after that, but for a sign-in each. */
const touch = (ben: Visitor, asked: { at: string }) => ben.answer(asked, { method: 'passkey' })

/**
 * Touches the passkey, and goes on like a browser. `back` may lead each way back elsewhere; the way to Entra of the number
 * `cancelled` (the one after the touch is 1) comes back at once, with what Entra says of a person who cancels there.
 */
async function touchAndGo(house: House, ben: Visitor, asked: { at: string }, way: Way = {}) {
  const { back = url => url, cancelled } = way
  let at = (await ben.post(asked.at, { method: 'passkey' })).headers.location ?? ''
  for (let hops = 0, toEntra = 0; hops < 30; hops++) {
    const url = new URL(at)
    const state = url.pathname.endsWith('/authorize') && url.searchParams.get('state')
    if (state && ++toEntra === cancelled)
      at = `${house.baseUrl}/auth/callback?${new URLSearchParams({ error: 'access_denied', state })}`
    const target = at.includes('/auth/callback?') ? back(at) : at
    const answer = await ben.get(target)
    const next = wayOn(answer)
    if (next === undefined) return Object.assign(answer, { at: target })
    at = new URL(next, target).href
  }
  throw new Error('a loop of redirects')
}
type Way = { back?: (url: string) => string; cancelled?: number }
const ask = (ben: Visitor, more: object = {}) => turnOn(ben, '/refunds', { ...together, ...more })
const sentTo = (house: House) => askedOf(house).map(({ group }) => group)
const namedIn = (at: string) => new URL(at).searchParams.getAll('gate')
/** What the waiting page says of each gate. */
const saidOf = ({ text }: Answer) =>
  Object.fromEntries(
    gates.map(gate => [gate, new RegExp(`<dt><bdi>${titles[gate]}</bdi></dt><dd><bdi>([^<]*)`).exec(text)?.[1]]),
  )
/** The names of the gates in the form of a page, and those of the gates that it names beside. */
const formIn = ({ text }: Answer) => ({
  gate: [...text.matchAll(/name="gate" value="(\w+)"/g)].map(([, name]) => name),
  beside: [...text.matchAll(/name="beside" value="(\w+)"/g)].map(([, name]) => name),
})
const later = (house: House) => house.clock.advance({ seconds: 3 })
const laterAt = (house: House, ben: Visitor, { at }: { at: string }) => {
  later(house)
  return ben.get(at)
}

describe('the way back from the last of several checks', () => {
  test.each([[['members', 'operators']], [[...gates]]])(
    'waits for all that were turned on together: %j',
    async named => {
      await using house = await openContexts()
      const ben = await house.visitor('ben')
      const { authorize } = house.tenant.calls
      const page = await touch(ben, await ask(ben, { gate: named }))
      expect([new Set(namedIn(page.at)), sentTo(house)]).toEqual([new Set(named), named])
      expect(house.tenant.calls.authorize - authorize).toBeGreaterThanOrEqual(named.length)
    },
  )

  test('leads to the page first asked for once access is on at each', async () => {
    await using house = await openContexts()
    const ben = await house.visitor('ben')
    const page = await touch(ben, await ask(ben))
    later(house)
    await expect
      .poll(async () => {
        house.clock.advance({ seconds: 1 })
        return (await ben.follow(page.at)).at
      })
      .toBe(`${house.baseUrl}/refunds`)
  })

  test('says of each gate where it stands', async () => {
    await using house = await openContexts()
    house.tenant.set({ tokenLagSeconds: 600 })
    const ben = await house.visitor('ben')
    const page = await touch(ben, await ask(ben))
    expect(new Set(Object.values(saidOf(page)))).toEqual(new Set(['Waiting until it works here']))
  })

  test('names one that was on already', async () => {
    await using house = await openContexts()
    house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8841', group: 'members' })
    const ben = await house.visitor('ben')
    const page = await touch(ben, await ask(ben))
    expect([namedIn(page.at).toSorted(), sentTo(house)]).toEqual([[...gates].toSorted(), ['operators', 'auditors']])
  })

  test('names one that needed no check', async () => {
    await using house = await openContexts({ auditors: false })
    const ben = await house.visitor('ben')
    const page = await touch(ben, await ask(ben))
    expect(new Set(namedIn(page.at))).toEqual(new Set(gates))
  })

  test('says which one waits for approval', async () => {
    await using house = await openContexts()
    house.tenant.setPolicy({ group: 'members', context: 'c1', approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    const page = await touch(ben, await ask(ben))
    later(house)
    const shown = await ben.get(page.at)
    expect([saidOf(shown).members, shown.text.includes('<h1>Waiting for approval</h1>')]).toEqual([
      'Waiting for approval',
      true,
    ])
  })

  test('says which one Microsoft refused, and asks again for that alone', async () => {
    await using house = await openContexts()
    const ben = await house.visitor('ben')
    const asked = await ask(ben)
    house.tenant.set({ graphError: { what: '403', method: 'POST', group: 'operators' } })
    const page = await touch(ben, asked)
    await expect.poll(async () => saidOf(await laterAt(house, ben, page)).members).toBe('Access is on')
    const shown = await ben.get(page.at)
    expect(saidOf(shown)).toMatchObject({
      operators: expect.stringContaining('Access was not turned on'),
      auditors: 'Access is on',
    })
  })
})

describe('a check that is cancelled at Entra', () => {
  const cancel = (ben: Visitor, asked: { at: string }) => ben.answer(asked, { cancel: '1' })
  /** Ben, who proved c1 and cancelled c2. */
  async function openCancelled() {
    const house = await openContexts()
    const ben = await house.visitor('ben')
    const page = await touchAndGo(house, ben, await ask(ben), { cancelled: 1 })
    return { house, ben, page, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
  }

  test('leads to the page of all gates, which says what was sent and what was not', async () => {
    await using scene = await openCancelled()
    const { house, ben, page } = scene
    await expect.poll(async () => saidOf(await laterAt(house, ben, page)).members).toBe('Access is on')
    const unsent = 'Not asked for yet'
    expect(saidOf(await ben.get(page.at))).toEqual({ members: 'Access is on', operators: unsent, auditors: unsent })
    expect([new Set(namedIn(page.at)), sentTo(house)]).toEqual([new Set(gates), ['members']])
  })

  test('has one form for all that was not sent, with the text that was typed', async () => {
    await using scene = await openCancelled()
    const { house, ben, page } = scene
    await expect.poll(async () => formIn(await laterAt(house, ben, page)).gate.length).toBe(2)
    const shown = await ben.get(page.at)
    expect(formIn(shown)).toEqual({ gate: ['auditors', 'operators'], beside: ['members'] })
    expect([shown.text.includes(`>${wish.reason}</textarea>`), shown.text.includes('http-equiv="refresh"')]).toEqual([
      true,
      false,
    ])
  })

  test('is taken by that form, after which the page waits for all again, and nothing was sent twice', async () => {
    await using scene = await openCancelled()
    const { house, ben } = scene
    const again = { gate: ['operators', 'auditors'], beside: 'members' }
    const page = await turnOn(ben, '/refunds', again)
    expect([new Set(namedIn(page.at)), sentTo(house)]).toEqual([new Set(gates), [...gates]])
  })

  test('the first one: says of all gates that nothing was sent', async () => {
    await using house = await openContexts()
    const ben = await house.visitor('ben')
    const page = await cancel(ben, await ask(ben))
    expect([new Set(Object.values(saidOf(page))), sentTo(house)]).toEqual([new Set(['Not asked for yet']), []])
  })

  test('of one gate alone leads to the page that it came from, as ever', async () => {
    await using house = await openContexts()
    const ben = await house.visitor('ben')
    const page = await cancel(ben, await turnOn(ben, '/refunds', { gate: 'operators' }))
    expect(page.at).toBe(`${house.baseUrl}/refunds`)
  })
})

test('the way back that is loaded again leads to the page of all gates, and sends nothing again', async () => {
  await using house = await openContexts()
  const ben = await house.visitor('ben')
  const doors: string[] = []
  await touchAndGo(house, ben, await ask(ben), { back: url => doors[doors.push(url) - 1] ?? '' })
  const door = doors.at(-1) ?? ''
  const landed = new URL((await ben.get(door)).headers.location ?? '', house.baseUrl).href
  expect([doors.length, new Set(namedIn(landed)), sentTo(house)]).toEqual([3, new Set(gates), [...gates]])
})

test('what two tabs turned on together is sent once, and both wait for all of it', async () => {
  await using house = await openContexts({ auditors: 'c2' })
  house.tenant.set({ tokenLagSeconds: 600 })
  const ben = await house.visitor('ben')
  const asked = await ask(ben)
  const chosen = await ben.post(asked.at, { method: 'passkey' })
  const door = (await ben.get(chosen.headers.location ?? '')).headers.location ?? ''
  const done = await ask(ben)
  const late = await ben.follow(door)
  expect([done, late].map(({ at }) => namedIn(at).length)).toEqual([3, 3])
  expect(sentTo(house)).toEqual([...gates])
})

test('every check may come back to another replica', async () => {
  await using house = await openContexts()
  await using replica = await openReplica(house)
  const ben = await house.visitor('ben')
  const page = await touchAndGo(house, ben, await ask(ben), { back: replica.at })
  expect([new Set(namedIn(page.at)), sentTo(house)]).toEqual([new Set(gates), [...gates]])
})

test('a gate that a replica does not describe stays named, unsent, until one describes it', async () => {
  await using house = await openContexts()
  await using replica = await openReplica(house, { GATES_FILE: '' })
  const ben = await house.visitor('ben')
  let doors = 0
  const back = (url: string) => (++doors === 1 ? replica.at(url) : url)
  const page = await touchAndGo(house, ben, await ask(ben), { back })
  expect([new Set(namedIn(page.at)), sentTo(house)]).toEqual([new Set(gates), ['members', 'auditors']])
  expect(saidOf(await ben.get(`/access/turning-on?${query}`)).operators).toBe('Not asked for yet')
})

test('an approver who said no at one gate hides nothing of the others', async () => {
  await using house = await openContexts({ members: false, operators: false, auditors: false })
  house.tenant.set({ tokenLagSeconds: 600 })
  house.tenant.setPolicy({ group: 'members', context: false, approval: { approvers: ['lena'] } })
  const ben = await house.visitor('ben')
  await ask(ben)
  house.tenant.deny(askedOf(house)[0]?.id ?? '', 'lena', 'Use staging')
  later(house)
  const shown = await ben.get(`/access/turning-on?${query}`)
  expect([saidOf(shown).members, shown.text.includes('http-equiv="refresh"')]).toEqual(['Lena Fischer said no', true])
  expect(shown.text).toContain('After that, this page shows what is left for you to do.')
})

test('a change at a gate that the page is not about changes the mark that its script looks at', async () => {
  await using house = await openContexts({ members: false, operators: false, auditors: false })
  house.tenant.set({ tokenLagSeconds: 600 })
  house.tenant.setPolicy({ group: 'auditors', context: false, approval: { approvers: ['lena'] } })
  const ben = await house.visitor('ben')
  await ask(ben)
  const state = async () => (await ben.fetch(`/access/turning-on/state?${query}`)).body
  const before = await state()
  house.tenant.deny(askedOf(house).at(-1)?.id ?? '', 'lena', 'Use staging')
  later(house)
  const after = await state()
  expect([before.step, after.step, before.mark === after.mark]).toEqual(['accepted', 'accepted', false])
})

describe('where one of them wants a ticket, and the others were sent', () => {
  async function openTicket() {
    const house = await openContexts({ members: false, auditors: false })
    house.tenant.setPolicy({ group: 'operators', context: false, ticket: true })
    const ben = await house.visitor('ben')
    const page = await ask(ben)
    return { house, ben, page, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
  }

  test('the form says what was asked for already, and is about the rest', async () => {
    await using scene = await openTicket()
    const { text } = scene.page
    expect(formIn(scene.page)).toEqual({ gate: ['operators'], beside: ['members', 'auditors'] })
    expect(text).toContain(`<bdi>${titles.members}</bdi>, <bdi>${titles.auditors}</bdi> was asked for already`)
  })

  test('the page after that form waits for all, and nothing was sent twice', async () => {
    await using scene = await openTicket()
    const { house, ben } = scene
    const page = await ben.post('/access', { ...wish, ticket: 'OPS-1', returnTo: '/refunds', ...rest })
    const named = namedIn(new URL(page.headers.location ?? '', house.baseUrl).href)
    expect([new Set(named), sentTo(house)]).toEqual([new Set(gates), ['members', 'auditors', 'operators']])
  })

  test('that form keeps them when it comes back once more', async () => {
    await using scene = await openTicket()
    const { ben } = scene
    expect(formIn(await ben.post('/access', { ...wish, returnTo: '/refunds', ...rest })).beside).toEqual(rest.beside)
  })

  const rest = { gate: 'operators', beside: ['members', 'auditors'] }
})

test('who cancels a request that waits at one gate reads of the others, too', async () => {
  await using house = await openContexts({ members: false, operators: false, auditors: false })
  house.tenant.setPolicy({ group: 'operators', context: false, approval: { approvers: ['lena'] } })
  const ben = await house.visitor('ben')
  await ask(ben)
  const waiting = await ben.get(`/access/turning-on?${query}`)
  await expect
    .poll(async () => {
      later(house)
      return formIn(await ben.get(`/access/turning-on?${query}`)).gate
    })
    .toEqual(['operators'])
  expect(waiting.status).toBe(200)
  const answer = await ben.post('/access/cancel', { gate: 'operators', beside: ['members', 'auditors', 'nothing'] })
  expect(answer.headers.location).toBe('/access/turning-on?gate=operators&gate=members&gate=auditors')
})

describe('a name that nobody knows', () => {
  test('in the form sends nothing anywhere', async () => {
    await using house = await openContexts({ members: false })
    const ben = await house.visitor('ben')
    const answer = await ben.post('/access', { ...wish, ...together, gate: ['members', 'nothing'] })
    expect([answer.status, await trailOf(house)]).toEqual([404, []])
  })

  test.each(['nothing', '__proto__', 'x'.repeat(9_000)])('beside the form is left out: %j', async beside => {
    await using house = await openContexts({ members: false })
    const ben = await house.visitor('ben')
    const answer = await ben.post('/access', { ...wish, gate: 'members', beside, returnTo: '/' })
    expect(answer.headers.location).toBe('/access/turning-on?returnTo=%2F')
  })

  test('at the page that waits is left out, and the page says so without it', async () => {
    await using house = await openContexts({ members: false })
    house.tenant.set({ tokenLagSeconds: 600 })
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben, '/')
    const { status, text } = await ben.get('/access/turning-on?gate=members&gate=vanished')
    expect([status, text.includes('is not set up here'), text.includes('vanished')]).toEqual([200, true, false])
  })
})

test('one gate that is ticked twice is asked for once, as one', async () => {
  await using house = await openContexts()
  const ben = await house.visitor('ben')
  const page = await touch(ben, await ask(ben, { gate: ['operators', 'operators'] }))
  expect([namedIn(page.at), sentTo(house)]).toEqual([['operators'], ['operators']])
})

test('a gate beside the form that the form asks for, too, is asked for and named once', async () => {
  await using house = await openContexts({ members: false })
  const ben = await house.visitor('ben')
  const answer = await ben.post('/access', { ...wish, gate: 'members', beside: 'members', returnTo: '/' })
  expect([answer.headers.location, sentTo(house)]).toEqual(['/access/turning-on?returnTo=%2F', ['members']])
})
