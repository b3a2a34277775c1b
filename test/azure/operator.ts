import { runSetup } from '../../infra/azure/commands/run.ts'
import type { PlanLine } from '../../infra/azure/model/plan-line.ts'
import { startTenant, type TenantOptions } from '../../infra/tenant/start.ts'
import { timeInHand } from './time-in-hand.ts'

/** A moment at which the program dies: before its nth request is sent, or after it was carried out. */
export type Death = { at: number; when: 'before' | 'after' }

type Rows<Row> = { value: Row[] }

export type Operator = Awaited<ReturnType<typeof openOperator>>

/**
 * Somebody who runs `npm run setup` against an empty local tenant, whose directory shows changes late and whose
 * Conditional Access takes one request a second, in made-up time.
 */
export async function openOperator({ switches, ...options }: Omit<TenantOptions, 'clock'> = {}) {
  const time = timeInHand()
  const usual = { directoryLagSeconds: 2, conditionalAccessPerSecond: 1 }
  const tenant = await startTenant({ empty: true, ...options, clock: time.clock, switches: { ...usual, ...switches } })
  const requests: string[] = []
  let wish: object = {}
  let token: string | undefined
  let death: Death | undefined
  let die = () => {}
  let says: boolean | undefined

  const asked: typeof globalThis.fetch = async (input, sent) => {
    const [method = 'GET', url] = [sent?.method, String(input)]
    if (!url.startsWith(tenant.graphBase)) return fetch(input, sent)
    requests.push(`${method} ${decodeURIComponent(url.replace(tenant.graphBase, ''))}`)
    const isLast = death?.at === requests.length
    if (isLast && death?.when === 'before') return dead()
    const answer = await fetch(input, sent)
    return isLast ? dead() : answer
  }
  /** Whoever died waits for ever. */
  function dead(): Promise<never> {
    die()
    return new Promise(() => {})
  }

  async function run(...args: string[]) {
    const [out, told]: [string[], string[]] = [[], []]
    requests.length = 0
    const died = new Promise<'died'>(resolve => {
      die = () => resolve('died')
    })
    const credential = token === undefined ? [`--local=${tenant.origin}`] : [`--local=${tenant.origin}`, '--token', '-']
    const ran = runSetup([...args, ...credential], {
      env: {},
      readText: async () => JSON.stringify(wish),
      standardInput: async () => token ?? '',
      print: line => void out.push(line),
      tell: line => void told.push(line),
      confirm: says === undefined ? undefined : async () => says === true,
      fetch: asked,
      clock: time.clock,
      sleep: time.sleep,
    })
    const exit = await Promise.race([ran, died])
    return { exit, out: out.join('\n'), told: told.join('\n') }
  }

  return {
    tenant,
    time,
    run,
    /** What was asked of Graph in the last run: method and path. */
    requests,
    writes: () => requests.filter(request => !request.startsWith('GET')),
    /** An empty tenant, as at the beginning, and nobody at the terminal. */
    fresh() {
      tenant.reset()
      tenant.set({ ...usual, ...switches })
      token = says = undefined
    },
    /** What somebody at the terminal says. */
    answers(yes: boolean) {
      says = yes
    },
    wants(wanted: object) {
      wish = wanted
    },
    /** From now on the program has a token with these permissions, and no other. */
    permitted(permissions: readonly string[] | undefined) {
      token = permissions && tenant.operatorToken({ permissions: [...permissions] })
    },
    async plan(...args: string[]): Promise<PlanLine[]> {
      const { out, told } = await run('plan', '--json', ...args)
      if (out === '') throw new Error(told)
      return JSON.parse(out)
    },
    /** The lines of a plan about which there is something to do. */
    async todo(...args: string[]): Promise<PlanLine[]> {
      return (await this.plan(...args)).filter(({ action }) => action !== 'nothing')
    },
    async apply(...args: string[]): Promise<void> {
      const { exit, told } = await run('apply', '--yes', ...args)
      if (exit !== 0) throw new Error(told)
    },
    /** The keys of people who may turn on access to a group, by its name or id. */
    async eligible(group: string): Promise<string[]> {
      const named = `/groups?$filter=displayName eq '${group}'`
      const id = /^[\da-f-]{36}$/.test(group) ? group : (await this.ask<Rows<{ id: string }>>(named)).value[0]?.id
      const path = `/identityGovernance/privilegedAccess/group/eligibilitySchedules?$filter=groupId eq '${id}'`
      const rows = (await this.ask<Rows<{ principalId: string }>>(path)).value
      return rows.map(({ principalId }) => tenant.people.find(({ oid }) => oid === principalId)?.key ?? principalId)
    },
    async dies(how: Death, ...args: string[]): Promise<boolean> {
      death = how
      const { exit } = await run(...args)
      death = undefined
      return exit === 'died'
    },
    /** Asks the tenant past the program. */
    async ask<Answer>(path: string, sent: { method?: string; body?: object } = {}): Promise<Answer> {
      const headers = { authorization: `Bearer ${tenant.operatorToken()}`, 'content-type': 'application/json' }
      const { method = 'GET', body } = sent
      const response = await fetch(tenant.graphBase + path, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
      await time.sleep(6_000)
      return (response.status === 204 ? undefined : await response.json()) as Answer
    },
    [Symbol.asyncDispose]: () => tenant.close(),
  }
}
