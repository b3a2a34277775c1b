import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'

const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
const now = '2026-03-02T12:00:00Z'
const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

/** Graph, whose answer to a call of this kind reaches the replica only when it is let go: as for one that is stopped. */
async function openHolding() {
  let target = ''
  let held: { method: string; letGo: Promise<void>; reached: () => void } | undefined
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = 'GET', url = '', headers } = request
    const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}
    const sent = { authorization: headers.authorization ?? '', 'content-type': headers['content-type'] ?? '' }
    const answer = await fetch(target + url.replace(/^\/v1\.0/, ''), { method, headers: sent, ...body })
    const text = await answer.text()
    if (held?.method === method && url.includes('/subscriptions')) {
      const { letGo, reached } = held
      held = undefined
      reached()
      await letGo
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.status === 204 ? '' : text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  opened.push({
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0`,
    leadTo: (graphBase: string) => {
      target = graphBase
    },
    hold(method: string) {
      let letGo = () => {}
      let reached = () => {}
      const done = new Promise<void>(resolve => {
        letGo = resolve
      })
      const asked = new Promise<void>(resolve => {
        reached = resolve
      })
      held = { method, letGo: done, reached }
      return { asked, letGo }
    },
  }
}

/** One replica that is stopped while Graph answers it, for longer than its lease, and another that goes on. */
async function openTwo() {
  const graph = await openHolding()
  const settings = { GRAPH_NOTIFICATIONS: 'on', MEMBERSHIP_RECHECK_SECONDS: '300', GRAPH_BASE_URL: graph.base }
  const house = await openHouse({ now, settings, tenant: { switches: { appPermissions } } })
  opened.push(house)
  graph.leadTo(house.tenant.graphBase)
  house.members.news.subscription.stop()
  const other = await openReplica(house, { GRAPH_BASE_URL: house.tenant.graphBase })
  opened.push(other)
  await keep(other)
  await keep(other)
  expect(idsAt(house)).toHaveLength(1)
  other.members.news.subscription.stop()
  return { graph, house, other }
}
const keep = ({ members }: Pick<House, 'members'>) => members.news.subscription.keep().catch(() => {})
const idsAt = ({ tenant }: House) => [...tenant.subscriptions.values()].map(({ id }) => id)
const leaseLost = async ({ redis, prefix }: House) => {
  for (const key of await redis.keys(`${prefix}lease:subscription*`)) await redis.del(key)
}
const told = (other: Pick<House, 'members'>, id = '', what: 'subscriptionRemoved' | 'reauthorizationRequired') =>
  other.members.news.subscription.told({ id, what })

test('a replica that was stopped while it made a subscription takes down none that another one made meanwhile', async () => {
  const { graph, house, other } = await openTwo()
  await told(other, idsAt(house)[0], 'subscriptionRemoved')
  const { asked, letGo } = graph.hold('POST')
  const work = keep(house)
  await asked
  await leaseLost(house)
  await keep(other)
  const [inUse] = idsAt(house)
  letGo()
  await work
  expect(idsAt(house)).toEqual([inUse])
  const before = house.tenant.calls.graph.subscriptions
  await keep(other)
  expect(house.tenant.calls.graph.subscriptions).toBe(before)
})

test('a replica that was stopped while it renewed a subscription does not bring it back over the one made since', async () => {
  const { graph, house, other } = await openTwo()
  const [first] = idsAt(house)
  await told(other, first, 'reauthorizationRequired')
  const { asked, letGo } = graph.hold('PATCH')
  const work = keep(house)
  await asked
  await leaseLost(house)
  await told(other, first, 'subscriptionRemoved')
  await keep(other)
  const [inUse] = idsAt(house)
  expect(inUse).not.toBe(first)
  letGo()
  await work
  await told(other, inUse, 'subscriptionRemoved')
  await keep(other)
  expect(idsAt(house)).not.toContain(inUse)
})
