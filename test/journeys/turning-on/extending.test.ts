import { expect, test } from 'vitest'
import { openBentGraph } from '../../support/bent-graph.ts'
import { askedOf, openSelfService, someoneIn, trailOf } from '../../support/self-service.ts'
import { sessionIdOf } from '../../support/stored.ts'

const on = async (graph?: Awaited<ReturnType<typeof openBentGraph>>) => {
  const house = await openSelfService(graph && { settings: { GRAPH_BASE_URL: graph.base } })
  graph?.leadTo(house.tenant.graphBase)
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house)
  house.clock.advance({ minutes: 30 })
  return { house, ben, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}
const offers = (html: string) => html.includes('action="/access/extend"')

test('an extension names the old end and the new one, on every page', async () => {
  await using scene = await on()
  const { ben } = scene
  const sent = await ben.post('/access/extend', { minutes: '30', returnTo: '/sessions' })
  expect(sent.headers.location).toBe('/sessions')
  for (const path of ['/sessions', '/', '/access'])
    expect((await ben.get(path)).text).toContain('Extended: was 13:00 UTC, now 13:30 UTC')
})
test('an extension that a script asked for names both ends to the script', async () => {
  await using scene = await on()
  const answer = await scene.ben.post('/access/extend', { minutes: '30', as: 'script' })
  expect(answer.body).toMatchObject({ extended: true, was: '13:00 UTC', absolute: '13:30 UTC' })
})
test('an extension is not offered while the next period is there already, neither in the line nor on My access', async () => {
  await using scene = await on()
  const { ben } = scene
  expect(offers((await ben.get('/')).text)).toBe(true)
  await ben.post('/access/extend', { minutes: '30' })
  for (const path of ['/', '/access', '/sessions'])
    expect([path, offers((await ben.get(path)).text)]).toEqual([path, false])
})
test('an extension that is sent all the same, as from a second tab, asks for nothing and confirms nothing', async () => {
  await using scene = await on()
  const { house, ben } = scene
  await ben.post('/access/extend', { minutes: '30' })
  const before = (await trailOf(house)).length
  const again = await ben.post('/access/extend', { minutes: '60' })
  expect([again.status, again.text.includes('Access was not extended')]).toEqual([422, true])
  expect(again.text).toContain('Access already lasts until 13:30 UTC')
  const byScript = await ben.post('/access/extend', { minutes: '60', as: 'script' })
  expect(byScript.body).toMatchObject({
    extended: false,
    sentence: expect.stringContaining('already lasts until 13:30 UTC'),
  })
  expect([askedOf(house).length, (await trailOf(house)).length]).toEqual([2, before])
})
test('two tabs that extend at the same moment ask for one further period', async () => {
  await using scene = await on()
  const { house, ben } = scene
  await Promise.all([1, 2, 3].map(() => ben.post('/access/extend', { minutes: '30' })))
  expect(askedOf(house)).toHaveLength(2)
  const extensions = (await trailOf(house)).filter(({ event }) => event.startsWith('extension'))
  expect(extensions.map(({ event }) => event)).toEqual(['extensionRequested', 'extensionCompleted'])
})
test('a further period from the portal is shown with its end, and the line above the page shows the same', async () => {
  const graph = await openBentGraph()
  await using _graph = graph
  await using scene = await on(graph)
  const { house, ben } = scene
  graph.leadTo(house.tenant.graphBase)
  const next = { startDateTime: '2026-03-02T13:00:00Z', expiration: { type: 'afterDuration', duration: 'PT45M' } }
  graph.bend(({ path }, said) => {
    const rows = said.body.value as { scheduleInfo: object; id: string }[] | undefined
    if (!path.includes('/assignmentSchedules/') || !rows?.[0]) return undefined
    return { ...said, body: { value: [...rows, { ...rows[0], id: 'next', scheduleInfo: next }] } }
  })
  const answer = await ben.post('/access/extend', { minutes: '30' })
  expect(answer.text).toContain('Access already lasts until 13:45 UTC')
  expect(/data-until="([^"]+)"/.exec(answer.text)?.[1]).toBe('2026-03-02T13:45:00.000Z')
  expect(askedOf(house)).toHaveLength(1)
})
test('access can be extended once more when the next period has begun', async () => {
  await using scene = await on()
  const { house, ben } = scene
  await ben.post('/access/extend', { minutes: '30' })
  house.clock.set('2026-03-02T13:05:00Z')
  await ben.get('/')
  house.clock.advance({ seconds: 20 })
  expect(offers((await ben.get('/')).text)).toBe(true)
  await ben.post('/access/extend', { minutes: '30' })
  expect((await ben.get('/')).text).toContain('Extended: was 13:30 UTC, now 14:00 UTC')
})
test('an extension begins after the present period ends, not in the same instant', async () => {
  await using scene = await on()
  const { house, ben } = scene
  await ben.post('/access/extend', { minutes: '30' })
  const [first, second] = askedOf(house)
  expect(second?.from?.getTime()).toBe((first?.until?.getTime() ?? 0) + 1_000)
})
test('a session that begins later knows of the extension', async () => {
  await using scene = await on()
  const { house, ben } = scene
  await ben.post('/access/extend', { minutes: '30' })
  const later = await house.visitor('ben')
  await later.get('/')
  const record = await house.members.sessions.read(sessionIdOf(later))
  expect(record?.plan?.until).toBe(Date.parse('2026-03-02T13:30:01Z'))
})
test.each(['PendingProvisioning', 'SomethingNew'])(
  'an extension that PIM answers %s is not called extended',
  async status => {
    const graph = await openBentGraph()
    await using _graph = graph
    await using scene = await on(graph)
    const { house, ben } = scene
    graph.bend(({ method, body }, said) =>
      method === 'POST' && body.action === 'selfActivate' ? { ...said, body: { ...said.body, status } } : undefined,
    )
    const answer = await ben.post('/access/extend', { minutes: '30', as: 'script' })
    expect(answer.body.extended).toBe(false)
    const record = await house.members.sessions.read(sessionIdOf(ben))
    expect(record?.plan?.until).toBe(Date.parse('2026-03-02T13:00:00Z'))
    expect((await trailOf(house)).at(-1)?.event).toBe('extensionWaiting')
  },
)
test('access that was ended here a moment ago, and that lists still show, is not extended', async () => {
  await using scene = await on()
  const { house, ben } = scene
  house.tenant.set({ tokenLagSeconds: 90, membersLagSeconds: 90, rosterLagSeconds: 90 })
  await ben.post('/access/end')
  house.clock.advance({ seconds: 10 })
  const answer = await ben.post('/access/extend', { minutes: '30' })
  expect([answer.status, askedOf(house).length]).toEqual([422, 1])
  expect((await ben.get('/')).status).toBe(403)
})
