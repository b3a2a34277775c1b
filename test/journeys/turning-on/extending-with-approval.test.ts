import { describe, expect, test } from 'vitest'
import { openBentGraph } from '../../support/bent-graph.ts'
import { askedOf, openSelfService, progressOf, someoneIn } from '../../support/self-service.ts'

/** Ben, who is in until 20:00 and has asked for an hour more, which Lena may allow. */
const asking = async () => {
  const house = await openSelfService()
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house, 'ben', { minutes: '480' })
  house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
  house.clock.advance({ minutes: 10 })
  await ben.post('/access/extend', { minutes: '60', returnTo: '/sessions' })
  const id = askedOf(house).at(-1)?.id ?? ''
  return { house, ben, id, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

describe('an extension that waits for approval', () => {
  test('begins when the present period ends: the person who asks and the one who decides read so', async () => {
    await using scene = await asking()
    const { house, ben, id } = scene
    const lena = await house.visitor('lena')
    const pages = [await ben.get('/access/turning-on'), await ben.get('/access'), await lena.get(`/approvals/${id}`)]
    for (const { text } of pages) {
      expect(text).toContain('1 hour, from 20:00 UTC')
      expect(text).not.toContain('from when it is approved')
    }
  })
  test('and is then denied is not passed over: the person reads who said no, and why, before they go on', async () => {
    await using scene = await asking()
    const { house, ben, id } = scene
    house.tenant.deny(id, 'lena', 'Use staging for this')
    house.clock.advance({ seconds: 3 })
    expect((await progressOf(ben)).step).toBe('denied')
    const page = await ben.get('/access/turning-on?returnTo=%2Fsessions')
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/Lena Fischer<\/bdi> said no[\s\S]*Use staging for this[\s\S]*Access was not extended/)
    expect(page.text).toContain('<a class="button" href="/sessions">Go on</a>')
    const mine = (await ben.get('/access')).text
    expect(mine).toContain(
      'Access was not extended. <bdi>Lena Fischer</bdi> said no: “<bdi>Use staging for this</bdi>”',
    )
    expect(mine).toContain('No request is waiting for approval.')
    expect(mine).toMatch(/12:10 UTC · <strong><bdi>the answer was no/)
  })
  test('and was denied does not keep out a person who turned access on anew after that period', async () => {
    await using scene = await asking()
    const { house, ben, id } = scene
    house.tenant.deny(id, 'lena', 'Use staging for this')
    await progressOf(ben)
    house.clock.advance({ hours: 8 })
    house.tenant.assign('ben', { minutes: 60, reason: 'Month end' })
    house.clock.advance({ seconds: 6 })
    expect((await ben.follow('/sessions')).text).toContain('Your sessions')
    expect((await ben.get('/access')).text).not.toContain('Access was not extended')
  })
})

test('an extension that is refused at once is not said to be one period too many', async () => {
  await using graph = await openBentGraph()
  await using house = await openSelfService({ settings: { GRAPH_BASE_URL: graph.base } })
  graph.leadTo(house.tenant.graphBase)
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house)
  house.clock.advance({ minutes: 10 })
  graph.bend(({ method, body }, said) =>
    method === 'POST' && body.action === 'selfActivate'
      ? { status: said.status, body: { ...said.body, status: 'Denied' } }
      : undefined,
  )
  const page = await ben.post('/access/extend', { minutes: '60', returnTo: '/access' })
  expect(page.text).toContain('The answer was no.')
  expect(page.text).not.toMatch(/no second period|End it, then/)
})
