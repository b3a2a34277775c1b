import { afterAll, expect, test } from 'vitest'
import { createGraph } from '../../../infra/azure/graph/create-graph.ts'
import { nothingKnown } from '../../../infra/azure/model/known.ts'
import { applyPlan } from '../../../infra/azure/run/apply.ts'
import type { Given } from '../../../infra/azure/run/given.ts'
import { planOf } from '../../../infra/azure/run/plan.ts'
import { contextThings } from '../../../infra/azure/things/contexts.ts'
import { gateThings } from '../../../infra/azure/things/gates.ts'
import { lookUp } from '../../../infra/azure/things/look-up.ts'
import { policyThings } from '../../../infra/azure/things/policies.ts'
import { readWish } from '../../../infra/azure/wish/read-wish.ts'
import { startTenant } from '../../../infra/tenant/start.ts'
import { smallWish } from '../small-wish.ts'
import { timeInHand } from '../time-in-hand.ts'

const time = timeInHand()
const switches = { directoryLagSeconds: 2 }
const tenant = await startTenant({ empty: true, clock: time.clock })
afterAll(() => tenant.close())
const wish = wishIn({ ...smallWish, owners: ['lena@contoso.example'] })

function wishIn(raw: object): Given['wish'] {
  const read = readWish(JSON.stringify(raw), time.clock())
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  return read.wish
}

/** The program dies when its nth write is to be sent, or when it was carried out: it waits for ever. */
type Death = { at: number; when: 'before' | 'after' }

/** Runs the program, until it is done or dies; and says what it wrote. */
async function run(death?: Death): Promise<{ end: 'done' | 'died'; writes: string[] }> {
  const writes: string[] = []
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>()
  const never = new Promise<never>(() => {})
  const graph = createGraph({
    base: tenant.graphBase,
    token: async () => tenant.operatorToken(),
    ...time,
    fetch: async (input, sent) => {
      if (sent?.method === 'GET') return fetch(input, sent)
      writes.push(`${sent?.method} ${String(input).replace(tenant.graphBase, '')}`)
      const isLast = death?.at === writes.length
      const answer = isLast && death.when === 'before' ? undefined : await fetch(input, sent)
      if (isLast) die('died')
      return isLast || !answer ? never : answer
    },
  })
  const given: Given = { wish, graph, enablePolicies: false, ...time, readText: async () => '', print: () => {} }
  const end = await Promise.race([applied(given), died])
  return { end, writes }
}

async function applied(given: Given): Promise<'done'> {
  const known = nothingKnown()
  await lookUp(given, known)
  const planned = await planOf([...contextThings(given), ...policyThings(given), ...gateThings(given)], known)
  await applyPlan(planned, { known, time, told: () => {} })
  return 'done'
}

function empty(): void {
  tenant.reset()
  tenant.set(switches)
}

const graph = createGraph({ base: tenant.graphBase, token: async () => tenant.operatorToken(), fetch, ...time })
/** Everything that a second run could make twice, when all is settled. */
async function counted() {
  await time.sleep(30_000)
  const all = await graph.list<{ id: string; displayName: string }>('/groups')
  const made = all.filter(({ displayName }) => displayName !== smallWish.emergency.group)
  const ids = made.toSorted((one, other) => one.displayName.localeCompare(other.displayName)).map(({ id }) => id)
  const many = async (path: string) => (await graph.list(path)).length
  const each = (pathOf: (id: string) => string) => Promise.all(ids.map(id => many(pathOf(id))))
  const pim = '/identityGovernance/privilegedAccess/group'
  return {
    groups: ids.length,
    policies: await many('/identity/conditionalAccess/policies'),
    owners: await each(id => `/groups/${id}/owners`),
    members: await each(id => `/groups/${id}/members`),
    eligible: await each(id => `${pim}/eligibilitySchedules?$filter=groupId eq '${id}'`),
    active: await each(id => `${pim}/assignmentSchedules?$filter=groupId eq '${id}'`),
  }
}

empty()
const { writes } = await run()
const whole = await counted()

test('uninterrupted, everything is there once', () => {
  expect(writes.length).toBeGreaterThanOrEqual(12)
  expect(whole).toMatchObject({ groups: 2, policies: 1, eligible: [0, 1], active: [0, 1] })
})

// A program that dies at a read leaves what it leaves when it dies before the next write.
const deaths = writes.flatMap((write, index) => [
  { write: `${write.split('?')[0]?.replace(/[\da-f-]{36}/g, '…')}`, at: index + 1, when: 'before' as const },
  { write: `${write.split('?')[0]?.replace(/[\da-f-]{36}/g, '…')}`, at: index + 1, when: 'after' as const },
])
test.each(deaths)(
  'died at write $at, $when $write: the next run ends as if nothing had happened',
  async ({ at, when }) => {
    empty()
    expect((await run({ at, when })).end).toBe('died')
    expect((await run()).end).toBe('done')
    expect(await counted()).toEqual(whole)
    expect((await run()).writes).toEqual([])
  },
)
