import { describe, expect, onTestFinished, test } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { projectGroups } from '../../../infra/tenant/directory/people.ts'
import { get } from '../../../src/web/page.ts'
import { gatesFile } from '../../support/gates-file.ts'
import { type House, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { isOfTrail } from '../../support/redis/of-trail.ts'
import { sessionIdOf, sessionKeyOf } from '../../support/stored.ts'
import { openThreeGates } from '../../support/three-gates.ts'
import type { Visitor } from '../../support/visitor.ts'

const noon = '2026-03-02T12:00:00Z'
const described = [
  { name: 'operators', title: 'Payments operators', group: managedGroups.operators },
  ...projectGroups.slice(0, 16).map((group, index) => ({ name: `project-${index}`, title: `Project ${index}`, group })),
]
const projects = described.slice(1).map(({ name }) => name)
const home = () => import('../../../src/web/controllers/home.ts')
const pathOf = (gate: string) => (gate === 'members' ? '/' : `/of/${gate}`)
/** The house describes `administrators` and `auditors` by settings of their own, as its pages name them. */
const gates = ['members', 'administrators', 'auditors', 'operators', ...projects]

/** A house with 20 gates, a page for each, and a page that any of them opens. */
const openTwentyGates = async () => {
  const pages = await Promise.all([
    ...gates.map(gate => get(pathOf(gate), gate, home())),
    get('/any', gates as [string, ...string[]], home()),
  ])
  return openHouse({ now: noon, pages, settings: { GATES_FILE: gatesFile(described) } })
}
const statusesOf = async (visitor: Visitor, paths: readonly string[]) => {
  const statuses: number[] = []
  for (const path of paths) statuses.push((await visitor.get(path)).status)
  return statuses
}

describe('with 20 gates', () => {
  test('one call of the token endpoint is a re-check of all of them, whichever pages are asked for', async () => {
    await using house = await openTwentyGates()
    house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8841', group: 'operators' })
    const alice = await house.visitor('alice')
    for (const first of ['/', '/any', pathOf('operators'), pathOf('project-3')]) {
      house.clock.advance({ seconds: 61 })
      const before = house.tenant.calls.token
      await statusesOf(alice, [first, ...gates.map(pathOf), '/any'])
      expect(house.tenant.calls.token - before).toBe(1)
    }
  })

  test('that one call tells at which gates the person is a member', async () => {
    await using house = await openTwentyGates()
    const alice = await house.visitor('alice')
    house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8841', group: 'operators' })
    house.clock.advance({ seconds: 61 })
    const statuses = await statusesOf(alice, gates.map(pathOf))
    expect(gates.filter((_gate, index) => statuses[index] === 200)).toEqual(['members', 'operators'])
  })

  test('a sign-in of a person in 250 groups takes one call to Graph, about all of them', async () => {
    await using house = await openTwentyGates()
    const mona = await house.visitor('mona')
    expect(checks(house)).toEqual({ all: 1, members: 1, operators: 1, administrators: 1, auditors: 1 })
    expect(new Set(await statusesOf(mona, [...projects.map(pathOf), '/any']))).toEqual(new Set([200]))
    expect(checks(house).all).toBe(1)
  })

  test('a re-check of a person in 250 groups takes one call to Graph, whichever pages are asked for', async () => {
    await using house = await openTwentyGates()
    const mona = await house.visitor('mona')
    house.clock.advance({ seconds: 61 })
    await statusesOf(mona, [...gates.map(pathOf), '/any'])
    expect(checks(house)).toEqual({ all: 2, members: 2, operators: 2, administrators: 2, auditors: 2 })
  })
})

/** How often Graph was asked who is in groups, and how often each of these was among them. */
function checks({ tenant: { calls } }: House) {
  const of = (group: keyof typeof managedGroups) => calls.graphOf[group].check
  const each = { operators: of('operators'), administrators: of('administrators'), auditors: of('auditors') }
  return { all: calls.graph.check, members: of('members'), ...each }
}

describe('with three gates', () => {
  test.each(['/', '/refunds', '/either'])('a page costs one look at Redis and none at Microsoft: %s', async path => {
    // One of its own: a client that begins to monitor is confused by what others send at that moment.
    const server = await startRedis()
    onTestFinished(server.stop)
    await using house = await openThreeGates({
      redisUrl: server.url,
      settings: { MEMBERSHIP_RECHECK_SECONDS: '300' },
    })
    house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8841', group: 'operators' })
    const alice = await house.visitor('alice')
    // The ends are learned in the background.
    for (const each of ['/', '/refunds', '/either']) await alice.follow(each)
    await expect.poll(() => endsKnown(house, alice)).toEqual([true, true])
    await alice.get(path)
    const before = structuredClone(house.tenant.calls)
    const seen = await commandsDuring(house, async () => {
      for (let pages = 0; pages < 5; pages++) expect((await alice.get(path)).status).toBe(200)
    })
    expect(seen).toEqual(Array.from({ length: 5 }, () => ['get', sessionKeyOf(house, alice)]))
    expect(house.tenant.calls).toEqual(before)
  })
})

/** Whether the session knows the end of its membership, at `members` and at `operators`. */
async function endsKnown({ services }: House, visitor: Visitor): Promise<boolean[]> {
  const record = await services.sessions.read(sessionIdOf(visitor))
  return ['members', 'operators'].map(gate => record?.gates[gate]?.plan?.until !== undefined)
}

/** Every command about this house that Redis was given meanwhile, by any client. */
async function commandsDuring(house: House, work: () => Promise<unknown>): Promise<string[][]> {
  const seen: string[][] = []
  const monitor = await house.redis.monitor()
  onTestFinished(() => monitor.disconnect())
  monitor.on('monitor', (_time: string, command: string[]) => {
    if (isOfTrail(command)) return
    if (command.some(word => word.startsWith(house.prefix) || word === 'the end')) seen.push(command)
  })
  await work()
  await house.redis.echo('the end')
  await expect.poll(() => seen.at(-1)?.at(-1)).toBe('the end')
  return seen.slice(0, -1)
}
