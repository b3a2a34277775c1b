import { describe, expect, onTestFinished, test } from 'vitest'
import { openHouse } from '../support/house.ts'
import { startRedis } from '../support/machine.ts'
import { isOfTrail } from '../support/redis/of-trail.ts'
import { endPauses, sessionIdOf } from '../support/stored.ts'
import type { Visitor } from '../support/visitor.ts'

const noon = '2026-03-02T12:00:00Z'
const status = async (visitor: Visitor) => (await visitor.get('/')).status

describe('without any grace', () => {
  test('nobody is in longer than the re-check while Entra cannot be asked, and everybody is back by themselves', async () => {
    await using house = await openHouse({ now: noon, settings: { MEMBERSHIP_GRACE_SECONDS: '0' } })
    const alice = await house.visitor('alice')
    house.tenant.set({ down: true })
    house.clock.advance({ seconds: 60 })
    expect(await status(alice)).toBe(200)
    house.clock.advance({ seconds: 1 })
    expect(await status(alice)).toBe(503)
    house.tenant.set({ down: false })
    await endPauses(house)
    expect(await status(alice)).toBe(200)
  })
})

describe('with other ages than usual', () => {
  test('a removal is refused at the age that is set', async () => {
    await using house = await openHouse({ now: noon, settings: { MEMBERSHIP_RECHECK_SECONDS: '200' } })
    const alice = await house.visitor('alice')
    house.tenant.end('alice')
    house.clock.advance({ seconds: 199 })
    expect(await status(alice)).toBe(200)
    house.clock.advance({ seconds: 1 })
    expect(await status(alice)).toBe(403)
  })
})

describe('a clock that steps', () => {
  const settings = { SESSION_IDLE_MINUTES: '240' }

  test('an hour forward asks anew, and a member stays in', async () => {
    await using house = await openHouse({ now: noon, settings })
    const alice = await house.visitor('alice')
    const before = house.tenant.calls.token
    house.clock.advance({ hours: 1 })
    expect(await status(alice)).toBe(200)
    expect(house.tenant.calls.token).toBe(before + 1)
  })

  test('an hour forward keeps nobody in who was removed', async () => {
    await using house = await openHouse({ now: noon, settings })
    const alice = await house.visitor('alice')
    house.tenant.end('alice')
    house.clock.advance({ hours: 1 })
    expect(await status(alice)).toBe(403)
  })

  test('an hour back makes no old proof fresh: who is in is asked again', async () => {
    await using house = await openHouse({ now: noon, settings })
    const alice = await house.visitor('alice')
    house.clock.advance({ hours: -1 })
    expect(await status(alice)).not.toBe(200)
    expect((await alice.signIn('/')).status).toBe(200)
    house.tenant.end('alice')
    house.clock.advance({ seconds: 60 })
    expect(await status(alice)).toBe(403)
  })

  test('an hour back and forth again costs nobody their session', async () => {
    await using house = await openHouse({ now: noon, settings })
    const alice = await house.visitor('alice')
    house.clock.advance({ hours: -1 })
    expect(await status(alice)).not.toBe(200)
    house.clock.advance({ hours: 1 })
    expect(await status(alice)).toBe(200)
  })

  test('on one replica, an hour ahead, does not close the doors on the others', async () => {
    await using house = await openHouse({ now: noon, settings })
    const alice = await house.visitor('alice')
    const ahead = { member: true, provenAt: house.clock.read().getTime() + 3_600_000 } as const
    await house.members.sessions.change(sessionIdOf(alice), found => ({ ...found, membership: ahead }))
    expect(await status(alice)).toBe(200)
  })

  test('on one replica, an hour ahead, keeps nobody in on the others', async () => {
    await using house = await openHouse({ now: noon, settings })
    const alice = await house.visitor('alice')
    const ahead = { member: true, provenAt: house.clock.read().getTime() + 3_600_000 } as const
    await house.members.sessions.change(sessionIdOf(alice), found => ({ ...found, membership: ahead }))
    house.tenant.set({ down: true })
    expect(await status(alice)).toBe(503)
    house.tenant.set({ down: false })
    house.tenant.end('alice')
    await endPauses(house)
    expect(await status(alice)).toBe(403)
  })
})

describe('what a page costs', () => {
  test('one look at Redis and none at Entra, while a membership is fresh', async () => {
    // One of its own: a client that begins to monitor is confused by what others send at that moment.
    const server = await startRedis()
    onTestFinished(server.stop)
    await using house = await openHouse({ now: noon, redisUrl: server.url })
    const alice = await house.visitor('alice')
    await alice.get('/')
    const before = { ...house.tenant.calls }
    const seen: string[][] = []
    const monitor = await house.redis.monitor()
    monitor.on('monitor', (_time: string, command: string[]) => {
      if (isOfTrail(command)) return
      if (command.some(word => word.startsWith(house.prefix) || word === 'the end')) seen.push(command)
    })
    for (let pages = 0; pages < 5; pages++) expect(await status(alice)).toBe(200)
    await house.redis.echo('the end')
    await expect.poll(() => seen.at(-1)?.at(-1)).toBe('the end')
    monitor.disconnect()
    const key = `${house.prefix}session:${sessionIdOf(alice)}`
    expect(seen.slice(0, -1)).toEqual(Array.from({ length: 5 }, () => ['get', key]))
    expect(house.tenant.calls).toEqual(before)
  })
})
