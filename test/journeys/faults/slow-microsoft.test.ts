import { describe, expect, test } from 'vitest'
import { openSelfService, someoneIn } from '../../support/self-service.ts'

async function timed<T>(work: Promise<T>) {
  const began = performance.now()
  const answer = await work
  return { answer, ms: performance.now() - began }
}

describe('waits that follow each other are one wait: a page is out within six seconds', { timeout: 60_000 }, () => {
  test.concurrent('where an act is open, its person waits to be in, and neither Graph nor Entra answers', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    const ben = await someoneIn(house)
    house.clock.advance({ minutes: 10 })
    house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
    await ben.post('/access/end')
    house.clock.advance({ seconds: 70 })
    house.tenant.set({ graphError: { what: 'hang', where: 'any', when: 'always' }, slow: { token: 30_000 } })
    expect((await timed(ben.get('/access/turning-on'))).ms).toBeLessThan(6_000)
  })

  test.concurrent.each([
    ['somebody in more groups than a token lists', 'mona'],
    ['a member whose end has to be asked for', 'ben'],
  ])('where %s comes back from Entra, which is slow, as is Graph', async (_who, key) => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    if (key === 'ben') await someoneIn(house)
    const visitor = await house.visitor(key, { signIn: false })
    let { at } = await visitor.follow('/')
    let answer = await visitor.post(at, { person: key, method: 'password' })
    house.tenant.set({ slow: { token: 4_700, graph: 2_800 } })
    while (answer.headers.location) {
      at = new URL(answer.headers.location, at).href
      const next = await timed(visitor.get(at))
      expect([new URL(at).pathname, next.ms < 6_000]).toEqual([new URL(at).pathname, true])
      answer = next.answer
    }
    expect(new URL(at).pathname).toBe('/')
  })
})
