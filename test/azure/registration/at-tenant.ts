import { createGraph } from '../../../infra/azure/graph/create-graph.ts'
import { nothingKnown } from '../../../infra/azure/model/known.ts'
import { registrationThings } from '../../../infra/azure/registration/registration-things.ts'
import { applyPlan } from '../../../infra/azure/run/apply.ts'
import type { Given } from '../../../infra/azure/run/given.ts'
import { planOf } from '../../../infra/azure/run/plan.ts'
import type { TenantWish } from '../../../infra/azure/wish/tenant-wish.ts'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { startTenant, type TenantOptions } from '../../../infra/tenant/start.ts'
import { timeInHand } from '../time-in-hand.ts'
import { wished } from '../wished.ts'

/** Groups that stand in the tenant, by what tenant.json calls them. */
const groups = {
  'Payments administrators': managedGroups.members,
  'Payments operators': managedGroups.operators,
  'Access administrators': managedGroups.administrators,
  'Access auditors': managedGroups.auditors,
}

/** The application's side of a wish at a local tenant, whose directory shows each change five seconds late, in made-up time. */
export async function atTenant({ switches, ...options }: Omit<TenantOptions, 'clock'> = {}) {
  const time = timeInHand()
  const tenant = await startTenant({ ...options, clock: time.clock, switches: { directoryLagSeconds: 5, ...switches } })
  const printed: string[] = []
  const files: Record<string, string> = {}
  const asked: string[] = []
  const network = createNetwork()

  const graph = () =>
    createGraph({
      base: tenant.graphBase,
      token: async () => tenant.operatorToken(),
      fetch: (input, sent) => {
        asked.push(`${sent?.method} ${decodeURIComponent(String(input).replace(tenant.graphBase, ''))}`)
        return network.fetch(input, sent)
      },
      ...time,
    })
  const given = (wish: TenantWish): Given => ({
    wish,
    graph: graph(),
    enablePolicies: false,
    ...time,
    readText: async path => files[path] ?? Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' })),
    print: text => void printed.push(text),
  })
  const known = (wish: TenantWish) => ({
    ...nothingKnown(),
    groups: new Map(Object.entries({ ...groups, [wish.standingGroup ?? '']: tenant.groups.staff })),
    people: new Map(tenant.people.map(({ username, oid }) => [username, oid])),
  })
  const planned = async (wish: TenantWish) => {
    const ids = known(wish)
    return { planned: await planOf(registrationThings(given(wish)), ids), ids }
  }

  return {
    tenant,
    time,
    printed,
    files,
    asked,
    network,
    known,
    given,
    /** The lines of a plan that are about something to do, and what is left alone. */
    async plan(wish: TenantWish) {
      const all = (await planned(wish)).planned
      return {
        lines: all.map(({ line }) => line).filter(({ action }) => action !== 'nothing'),
        left: all.flatMap(({ left }) => left),
      }
    },
    async apply(wish: TenantWish) {
      const { planned: all, ids } = await planned(wish)
      await applyPlan(all, { known: ids, time, told: () => {} })
      return ids
    },
    /** Asks Graph as an operator would, past the program. */
    ask: async <Answer>(path: string): Promise<Answer> => graph().get<Answer>(path),
    graph,
    /** Lets what was written show. */
    settle: () => time.sleep(6_000),
    [Symbol.asyncDispose]: () => tenant.close(),
  }
}

/** A wish for a registration that the tenant does not have. */
export const fresh = (fields: object = {}): TenantWish => wished({ name: 'Fresh', ...fields })

/** A network that goes away at one of the requests that change something: before it is sent, or before its answer comes. */
function createNetwork() {
  let left: number | undefined
  let isBeforeSent = false
  const gone = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }))
  return {
    /** Goes away at the change after so many others. */
    cut(after: number, when: 'before it is sent' | 'before its answer'): void {
      left = after
      isBeforeSent = when === 'before it is sent'
    },
    mend(): void {
      left = undefined
    },
    /** Whether it has gone away. */
    isGone: () => left !== undefined && left < 0,
    async fetch(input: Parameters<typeof fetch>[0], sent?: Parameters<typeof fetch>[1]): Promise<Response> {
      if (left === undefined) return fetch(input, sent)
      if (left < 0) return gone()
      if (sent?.method === 'GET') return fetch(input, sent)
      left -= 1
      if (left >= 0) return fetch(input, sent)
      if (!isBeforeSent) await fetch(input, sent)
      return gone()
    },
  }
}
