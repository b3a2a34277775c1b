import { describe, expect, test } from 'vitest'
import { openBentGraph, type Said } from '../../support/bent-graph.ts'
import type { House } from '../../support/house.ts'
import { askedOf, openSelfService, progressOf, someoneIn, trailOf, turnOn, until } from '../../support/self-service.ts'

/** Ben, who has turned on access, and a Graph whose answers can be bent. */
const on = async (settings: Record<string, string> = {}) => {
  const graph = await openBentGraph()
  const house = await openSelfService({ settings: { GRAPH_BASE_URL: graph.base, ...settings } })
  graph.leadTo(house.tenant.graphBase)
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house)
  house.clock.advance({ minutes: 10 })
  const dispose = async () => {
    await house[Symbol.asyncDispose]()
    await graph[Symbol.asyncDispose]()
  }
  return { graph, house, ben, [Symbol.asyncDispose]: dispose }
}
const eventsOf = async (house: House, kind: string) =>
  (await trailOf(house)).map(({ event }) => event as string).filter(event => event.startsWith(kind))
const saying = (status: string, { status: code, body }: Said): Said => ({ status: code, body: { ...body, status } })

describe('End now', () => {
  test.each([
    ['Denied', ['endingRequested', 'endingFailed'], 'Access was not ended'],
    ['Failed', ['endingRequested', 'endingFailed'], 'Access was not ended'],
    ['PendingApproval', ['endingRequested', 'endingWaiting'], 'Access is being ended'],
    ['SomethingNew', ['endingRequested', 'endingWaiting'], 'Access is being ended'],
  ])(
    'that Microsoft answers %s is told alike by page and trail: access has not ended',
    async (status, events, title) => {
      await using scene = await on()
      const { graph, house, ben } = scene
      graph.bend(({ method, body }, said) =>
        method === 'POST' && body.action === 'selfDeactivate' ? saying(status, said) : undefined,
      )
      const answer = await ben.post('/access/end')
      expect([answer.status, answer.text.includes(`<h1>${title}</h1>`)]).toEqual([422, true])
      expect(await eventsOf(house, 'ending')).toEqual(events)
    },
  )
  test('that happened without an answer is found out where the person looks next, once, and access is over here too', async () => {
    await using scene = await on()
    const { graph, house, ben } = scene
    graph.bend(({ method, body }) => (method === 'POST' && body.action === 'selfDeactivate' ? 'lost' : undefined))
    const answer = await ben.post('/access/end')
    expect(answer.text).toContain('We do not know yet whether access was ended')
    const other = await house.visitor('ben')
    await Promise.all([ben.get('/access'), other.get('/access'), ben.get('/access')])
    await ben.get('/access')
    const ending = ['endingRequested', 'endingUnanswered', 'endingCompleted']
    expect(await eventsOf(house, 'ending')).toEqual(ending)
    const records = (await trailOf(house)).filter(({ event }) => event.startsWith('ending'))
    expect(new Set(records.map(({ act }) => act)).size).toBe(1)
    expect((await ben.get('/')).status).toBe(403)
  })
  test('that happened without an answer is not sent again by a second press, and is never said to have failed', async () => {
    await using scene = await on()
    const { graph, house, ben } = scene
    graph.bend(({ method, body }) => (method === 'POST' && body.action === 'selfDeactivate' ? 'lost' : undefined))
    await ben.post('/access/end')
    expect((await ben.post('/access/end')).headers.location).toBe('/access')
    expect(await eventsOf(house, 'ending')).toEqual(['endingRequested', 'endingUnanswered', 'endingCompleted'])
    const sent = graph.calls.filter(({ method, body }) => method === 'POST' && body.action === 'selfDeactivate')
    expect(sent).toHaveLength(1)
  })
  test('that happened, though the lists do not show it yet, is done when it is sent again, as the same act', async () => {
    await using scene = await on()
    const { graph, house, ben } = scene
    let isLost = true
    graph.bend(({ method, path, body }, said) => {
      if (method === 'POST' && body.action === 'selfDeactivate' && isLost) return 'lost'
      const isOwnList = path.includes('assignmentScheduleRequests/filterByCurrentUser')
      const rows = (said.body.value ?? []) as { action: string }[]
      return isOwnList ? { ...said, body: { value: rows.filter(row => row.action !== 'selfDeactivate') } } : undefined
    })
    await ben.post('/access/end')
    isLost = false
    await ben.post('/access/end')
    const records = (await trailOf(house)).filter(({ event }) => event.startsWith('ending'))
    expect(records.map(({ event }) => event)).toEqual([
      'endingRequested',
      'endingUnanswered',
      'endingRequested',
      'endingCompleted',
    ])
    expect(new Set(records.map(({ act }) => act)).size).toBe(1)
    expect((await ben.get('/')).status).toBe(403)
  })
  test('that did not happen is said to have failed when lists and clocks cannot be behind any more, not before', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
    await ben.post('/access/end')
    house.clock.advance({ seconds: 149 })
    expect((await ben.get('/access')).text).toContain('You asked to end access at')
    expect(await eventsOf(house, 'ending')).toEqual(['endingRequested', 'endingUnanswered'])
    house.clock.advance({ seconds: 1 })
    expect((await ben.get('/access')).text).not.toContain('You asked to end access at')
    expect(await eventsOf(house, 'ending')).toEqual(['endingRequested', 'endingUnanswered', 'endingFailed'])
    expect((await ben.get('/')).status).toBe(200)
  })
  test('that waits is done when Microsoft carries it out, and closes the gate then', async () => {
    await using scene = await on()
    const { graph, house, ben } = scene
    graph.bend(({ method, body }, said) =>
      method === 'POST' && body.action === 'selfDeactivate' ? saying('PendingProvisioning', said) : undefined,
    )
    await ben.post('/access/end')
    await ben.get('/access')
    expect(await eventsOf(house, 'ending')).toEqual(['endingRequested', 'endingWaiting', 'endingCompleted'])
    expect((await ben.get('/')).status).toBe(403)
  })
})

describe('turning on', () => {
  test('that no list shows is said to have failed only when lists and clocks cannot be behind any more', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    const ben = await house.visitor('ben')
    house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
    await turnOn(ben)
    house.clock.advance({ seconds: 149 })
    expect((await progressOf(ben)).step).toBe('asking')
    expect(await eventsOf(house, 'activation')).toEqual(['activationRequested', 'activationUnanswered'])
    house.clock.advance({ seconds: 1 })
    expect((await progressOf(ben)).step).toBe('refused')
    expect(await eventsOf(house, 'activation')).toEqual([
      'activationRequested',
      'activationUnanswered',
      'activationFailed',
    ])
  })
  test.each([
    ['approved', 'activationCompleted'],
    ['denied', 'activationFailed'],
  ] as const)(
    'that waits, and then is %s, is recorded once each, whichever browser finds it',
    async (decision, event) => {
      await using house = await openSelfService()
      house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
      const ben = await house.visitor('ben')
      const other = await house.visitor('ben')
      await turnOn(ben)
      expect(await eventsOf(house, 'activation')).toEqual(['activationRequested', 'activationWaiting'])
      const id = askedOf(house)[0]?.id ?? ''
      if (decision === 'approved') house.tenant.approve(id, 'lena', 'ok')
      else house.tenant.deny(id, 'lena', 'Use staging')
      house.clock.advance({ seconds: 3 })
      await Promise.all([progressOf(ben), progressOf(other), progressOf(ben)])
      await progressOf(other)
      expect(await eventsOf(house, 'activation')).toEqual(['activationRequested', 'activationWaiting', event])
      const last = (await trailOf(house)).at(-1)
      if (decision === 'denied')
        expect(last).toMatchObject({ status: 'denied', by: { name: 'Lena Fischer', username: expect.any(String) } })
    },
  )
  test('that waits, and is taken back here, has the same request named in both records', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    await turnOn(ben)
    await ben.post('/access/cancel')
    await progressOf(ben)
    expect(await eventsOf(house, '')).toEqual([
      'activationRequested',
      'activationWaiting',
      'cancellationRequested',
      'cancellationCompleted',
    ])
    const [, waiting, , cancelled] = await trailOf(house)
    expect([waiting.request, cancelled.request]).toEqual([askedOf(house)[0]?.id, askedOf(house)[0]?.id])
  })
  test('that is put in force later is recorded as completed then', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    house.tenant.set({ provisioningSeconds: 20 })
    const ben = await house.visitor('ben')
    await turnOn(ben)
    expect(await eventsOf(house, 'activation')).toEqual(['activationRequested', 'activationWaiting'])
    expect((await ben.get('/access/turning-on')).text).toContain('Microsoft received it')
    await until(house, ben, 'in')
    expect(await eventsOf(house, 'activation')).toEqual([
      'activationRequested',
      'activationWaiting',
      'activationCompleted',
    ])
  })
  test('is recorded with nobody named by more than object id, name and user name', async () => {
    await using scene = await on()
    const { house, ben } = scene
    await ben.post('/access/end')
    const records = await trailOf(house)
    const { oid, name, username } = house.tenant.people.find(each => each.key === 'ben') ?? {}
    for (const { actor } of records) expect(actor).toEqual({ objectId: oid, name, username })
  })
})

describe('extending', () => {
  test('that happened without an answer is recorded as completed before End now takes it back', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.tenant.set({ graphError: { what: 'done-but-504', where: 'requests', method: 'POST', when: 'next' } })
    await ben.post('/access/extend', { minutes: '60', returnTo: '/' })
    await ben.post('/access/end')
    const later = (await trailOf(house)).filter(({ event }) => !event.startsWith('activation'))
    expect(later.map(({ event }) => event)).toEqual([
      'extensionRequested',
      'extensionUnanswered',
      'extensionCompleted',
      'cancellationRequested',
      'cancellationCompleted',
      'endingRequested',
      'endingCompleted',
    ])
    expect(later[2].request).toBe(later[3].request)
    expect((await ben.get('/')).status).toBe(403)
  })
})
