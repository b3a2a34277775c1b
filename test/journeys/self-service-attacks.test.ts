import { describe, expect, test } from 'vitest'
import { askedOf, openSelfService, progressOf, someoneIn, trailOf, turnOn, turnOnWithPasskey, until, wish } from '../pim/house.ts'
import { sessionIdOf } from '../support/session-of.ts'

const open = async (options: Parameters<typeof openSelfService>[0] = {}) => {
  const house = await openSelfService(options)
  house.tenant.setPolicy({ context: false })
  return house
}
const graphCallsOf = ({ tenant }: Awaited<ReturnType<typeof open>>) => Object.values(tenant.calls.graph).reduce((a, b) => a + b, 0)
const took = async <T>(work: Promise<T>) => {
  const start = performance.now()
  const value = await work
  return { ms: performance.now() - start, value }
}

describe('probe: removal', () => {
  test('somebody removed before their time can turn on again, though they never saw the progress page', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    expect((await ben.get('/')).status).toBe(200)
    house.clock.advance({ minutes: 10 })
    house.tenant.end('ben')
    house.clock.advance({ seconds: 90 })
    const answer = await ben.get('/')
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('name="reason"')
    await turnOn(ben, '/')
    expect(await until(house, ben, 'in')).toBeLessThan(5)
  })
  test('assigned and out of group', async () => {
    await using house = await open()
    const guido = await house.visitor('guido')
    house.tenant.assign('guido', { until: new Date(house.clock.read().getTime() + 3_600_000) } as never)
    house.clock.advance({ seconds: 10 })
    expect((await guido.get('/')).status).toBe(200)
    house.clock.advance({ minutes: 10 })
    const answer = await guido.post('/access/end')
    console.log('END ASSIGNED', answer.status, (await guido.get('/')).status)
    house.clock.advance({ minutes: 4 })
    console.log('LATER', (await guido.get('/')).status)
  })
})

describe('probe: extension', () => {
  test('of an activation of the portal with a short reason', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    house.tenant.activate('ben', { minutes: 60, reason: 'fix' })
    house.clock.advance({ minutes: 10 })
    expect((await ben.get('/')).status).toBe(200)
    const answer = await ben.post('/access/extend', { minutes: '30', returnTo: '/' })
    expect(answer.status).toBe(303)
  })
  test('by 30 minutes where the policy allows 15', async () => {
    await using house = await open()
    house.tenant.setPolicy({ context: false, maxMinutes: 15 })
    const ben = await house.visitor('ben')
    await turnOn(ben, '/', { minutes: '15' })
    house.clock.advance({ minutes: 10 })
    expect((await ben.get('/')).status).toBe(200)
    const answer = await ben.post('/access/extend', { minutes: '30', returnTo: '/' })
    console.log('15min', answer.status, answer.text.includes('name="minutes"'))
    expect(answer.text).toContain('name="minutes"')
  })
  test('refused after the passkey is said', async () => {
    await using house = await open()
    const ben = await someoneIn(house)
    house.clock.advance({ minutes: 10 })
    house.tenant.setPolicy({ context: 'c1' })
    house.clock.advance({ seconds: 61 })
    house.tenant.set({ extension: 'refused' })
    const sent = await ben.post('/access/extend', { minutes: '30', returnTo: '/sessions' })
    const asked = await ben.follow(sent.headers.location ?? '')
    const back = await ben.answer(asked, { method: 'passkey' })
    console.log('REFUSED EXT', back.status, back.at)
    expect(back.text).toMatch(/already on|not extended/)
  })
})

describe('probe: loops', () => {
  test('a wish made on the progress page leads somewhere', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/access/turning-on')
    await until(house, ben, 'in')
    expect((await ben.follow('/access/turning-on')).status).toBe(200)
  })
  test('HEAD rotates nothing', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    const before = sessionIdOf(ben)
    await ben.send('head', '/access/turning-on', { headers: { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' } })
    expect(sessionIdOf(ben)).toBe(before)
  })
  test('several tabs at once stay signed in', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    await until(house, ben, 'in')
    for (let i = 0; i < 5; i++) {
      await Promise.all([1, 2, 3, 4].map(() => ben.get('/access/turning-on')))
      expect((await ben.get('/')).status).toBe(200)
    }
  })
})

describe('probe: cost', () => {
  test('of 50 parallel refused requests', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await ben.get('/')
    const before = graphCallsOf(house)
    const tokens = house.tenant.calls.token
    await Promise.all(Array.from({ length: 50 }, () => ben.get('/')))
    console.log('COST graph', graphCallsOf(house) - before, 'tokens', Number(house.tenant.calls.token) - Number(tokens), JSON.stringify(house.tenant.calls))
    expect(graphCallsOf(house) - before).toBeLessThan(40)
  })
  test('of 50 parallel refused requests while consent is missing', async () => {
    await using house = await open()
    house.tenant.set({ tokenError: { what: 65001 as never, on: 'refresh', when: 'always' as never } })
    const ben = await house.visitor('ben').catch(() => house.visitor('ben', { signIn: false }))
    const tokens = Number(house.tenant.calls.token)
    await Promise.all(Array.from({ length: 50 }, () => ben.get('/')))
    console.log('COST tokens', Number(house.tenant.calls.token) - tokens)
  })
})

describe('probe: slow', { timeout: 60_000 }, () => {
  for (const [name, set, token] of [
    ['graph hangs', { graphError: { what: 'hang', where: 'any', when: 'always' } }, true],
    ['graph 2.8s', { slow: { graph: 2800 } }, true],
    ['graph 2.8s no token', { slow: { graph: 2800 } }, false],
    ['entra hangs', { slow: { token: 30_000 } }, false],
    ['entra 4.5s graph 2.8', { slow: { token: 4500, graph: 2800 } }, false],
  ] as const)
    test(name, async () => {
      await using house = await open()
      const ben = await house.visitor('ben')
      await ben.get('/')
      if (!token) {
        const keys = await house.redis.keys(`${house.prefix}pim-token:*`)
        if (keys.length) await house.redis.del(...keys)
      }
      house.clock.advance({ seconds: 70 })
      house.tenant.set(set as never)
      const out: unknown[] = []
      for (const path of ['/', '/access', '/access/turning-on', '/access/end', '/approvals', '/approvals/abc'])
        { const { ms, value } = await took(ben.get(path)); out.push([path, value.status, Math.round(ms)]) }
      const post = await took(ben.post('/access', { ...wish, returnTo: '/' }))
      out.push(['POST', post.value.status, Math.round(post.ms), post.value.text.includes(wish.reason)])
      for (const path of ['/access/end', '/access/extend', '/access/cancel'])
        { const { ms, value } = await took(ben.post(path, { minutes: '30' })); out.push([path, value.status, Math.round(ms)]) }
      console.log('SLOW', name, JSON.stringify(out))
    })
})
