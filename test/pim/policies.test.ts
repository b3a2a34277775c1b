import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../infra/tenant/start.ts'
import { createGraph } from '../../src/entra/graph/graph.ts'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import { createPim } from '../../src/entra/pim/pim.ts'
import type { Rules } from '../../src/entra/pim/policy.ts'
import { rulesOf } from '../../src/entra/pim/policy.ts'
import { durationsFor } from '../../src/pim/wish/durations.ts'
import { readWish, type Wish } from '../../src/pim/wish/form.ts'
import { graphThat } from '../entra/graph/fake-graph.ts'
import { oidOf, personToken } from '../tenant/graph/kit.ts'
import { callback } from '../tenant/sign-in/browser.ts'

const count = 500
/** Numbers below 1 that are the same at every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
const random = seeded(4711)
const below = (most: number) => Math.floor(random() * most)
const one = <T>(of: readonly T[]): T => of[below(of.length)] as T
const chance = (share: number) => random() < share

const durations = [
  'PT5M',
  'PT15M',
  'PT30M',
  'PT45M',
  'PT1H',
  'PT90M',
  'PT1H30M',
  'PT2H',
  'PT3H30M',
  'PT8H',
  'PT10H',
  'PT23H30M',
  'P1D',
  'PT24H',
  'PT3600S',
  'P0DT4H',
]
const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const target = {
  caller: 'EndUser',
  operations: ['All'],
  level: 'Assignment',
  inheritableSettings: [],
  enforcedSettings: [],
}
const typed = (kind: string, facts: object) => ({
  '@odata.type': `#microsoft.graph.unifiedRoleManagementPolicy${kind}Rule`,
  id: `${kind}_EndUser_Assignment`,
  target,
  ...facts,
})

/** The rules of a policy as Graph shows them: in any order, some left out, some with members that nobody knows. */
function randomPolicy(): Rule[] {
  const enabledRules = ['Justification', 'Ticketing', 'MultiFactorAuthentication', 'Unheard-of'].filter(() =>
    chance(0.5),
  )
  const rules: Rule[] = [
    typed('Expiration', { isExpirationRequired: chance(0.8), maximumDuration: one(durations) }),
    typed('Enablement', {
      enabledRules: chance(0.1) ? null : enabledRules.map(name => (chance(0.1) ? name.toUpperCase() : name)),
    }),
    typed(
      'AuthenticationContext',
      chance(0.5) ? { isEnabled: true, claimValue: one(['c1', 'c25', '']) } : { isEnabled: false, claimValue: '' },
    ),
    typed('Approval', {
      setting: { isApprovalRequired: chance(0.3), approvalStages: chance(0.2) ? null : [{ primaryApprovers: [] }] },
    }),
    { ...typed('Expiration', { maximumDuration: 'PT5M' }), id: 'Expiration_Admin_Assignment' },
    { ...typed('Enablement', { enabledRules: ['Ticketing'] }), id: 'Enablement_Admin_Eligibility' },
  ]
  return rules.filter(() => chance(0.9)).sort(() => random() - 0.5)
}

type Rule = { id: string } & Record<string, unknown>
/**
 * The rules that a wish breaks, read as PIM reads them and not as the application does: durations by their parts, in
 * seconds; a rule that is missing by its default.
 */
function failing(rules: readonly Rule[], { reason, ticket, minutes }: Wish): string[] {
  const of = (id: string) => rules.find(rule => rule.id === `${id}_EndUser_Assignment`)
  const longest = secondsIn((of('Expiration')?.maximumDuration as string | undefined) ?? 'PT8H')
  const enabled = ((of('Enablement')?.enabledRules as string[] | null | undefined) ?? ['Justification']).map(each =>
    each.toLowerCase(),
  )
  return [
    ...(minutes * 60 > longest ? ['ExpirationRule'] : []),
    ...(minutes < 5 ? ['too short'] : []),
    ...(enabled.includes('justification') && reason.trim() === '' ? ['JustificationRule'] : []),
    ...(enabled.includes('ticketing') && !ticket?.trim() ? ['TicketingRule'] : []),
  ]
}

function secondsIn(duration: string): number {
  const units = { D: 86_400, H: 3_600, M: 60, S: 1 }
  const parts = [...duration.matchAll(/(\d+)([DHMS])/g)]
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0)
}

/** The texts that people send: mostly sensible, at times anything. */
const reasons = [
  'Refund 8841 for a customer',
  '返金8841の対応、李さんの承認済み',
  'INC-20931 disk full',
  'short',
  '',
  'testing testing',
  '\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E',
  ' \n\t '.repeat(9),
  'x'.repeat(501),
  'Rückerstattung für Kundin Müller',
]
const tickets = ['INC-20931', '', '', '   ', '\u200B\u200B', '\u0000', 'CHG 771', 'x'.repeat(101)]
const randomForm = (rules: Rules) => ({
  reason: one(reasons),
  ticket: one(tickets),
  minutes: String(
    chance(0.7)
      ? one(durationsFor(rules.longestMinutes))
      : one([0, 1, 4, 30, 45, 60, 90, 480, 481, 1440, 1441, 'PT1H', '']),
  ),
})

/** The rules as the application reads them: through Graph's list of policies. */
async function rulesThroughGraph(rules: readonly Rule[]): Promise<Rules> {
  const row = { scopeId: groupId, scopeType: 'Group', roleDefinitionId: 'member', policy: { rules } }
  const { graph } = graphThat(() => ({ body: { value: [row] } }))
  return createPim({ graph, groupId, clock: () => new Date() }).rules('a-token')
}

describe(`${count} random policies`, () => {
  const policies = Array.from({ length: count }, randomPolicy)

  test('are sent no wish that the form could have known to be refused', async () => {
    const refused: unknown[] = []
    let accepted = 0
    let sentBack = 0
    for (const policy of policies) {
      const rules = await rulesThroughGraph(policy)
      for (let tries = 0; tries < 20; tries++) {
        const form = randomForm(rules)
        const read = readWish(form, rules)
        if ('errors' in read) sentBack++
        else if (failing(policy, read.wish).length > 0) refused.push({ policy, form, rules })
        else accepted++
      }
    }
    expect(refused.slice(0, 3)).toEqual([])
    // Without these two the sentence above would hold for a form that takes nothing, or is asked nothing hard.
    expect(accepted).toBeGreaterThan(1_000)
    expect(sentBack).toBeGreaterThan(1_000)
  })

  test('accept every choice that the form shows', () => {
    const wrong = policies.flatMap(policy => {
      const rules = rulesOf(policy)
      const forms = durationsFor(rules.longestMinutes).map(minutes => ({
        reason: 'Refund 8841 for Lee',
        ticket: 'INC-1',
        minutes: `${minutes}`,
      }))
      return forms.filter(form => {
        const read = readWish(form, rules)
        return 'errors' in read || failing(policy, read.wish).length > 0
      })
    })
    expect(wrong).toEqual([])
  })

  test('let people choose as long a time as the policy allows', () => {
    const shorter = policies.filter(policy => {
      const longest = secondsIn(
        (policy.find(({ id }) => id === 'Expiration_EndUser_Assignment')?.maximumDuration as string) ?? 'PT8H',
      )
      return durationsFor(rulesOf(policy).longestMinutes).at(-1) !== Math.min(longest / 60, 1440)
    })
    expect(shorter).toEqual([])
  })

  test('refuse a careless wish that did not pass the form', () => {
    const careless: Wish = { reason: '', minutes: 10_000 }
    expect(policies.filter(policy => failing(policy, careless).length === 0)).toEqual([])
  })
})

describe('policies of the local tenant', () => {
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await startTenant({ redirectUris: [callback] })
  })
  afterAll(() => tenant.close())

  test('are sent no wish that the form could have known to be refused', async () => {
    const token = await personToken(
      tenant,
      'ben',
      'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup RoleManagementPolicy.Read.AzureADGroup',
    )
    const graph = createGraph({ config: { graph: { baseUrl: tenant.graphBase, notifications: false } } })
    const outcomes = { accepted: 0, sentBack: 0, refused: [] as unknown[] }
    for (let policies = 0; policies < 60; policies++) {
      tenant.setPolicy({
        maxMinutes: one([5, 15, 30, 45, 60, 90, 120, 210, 480, 1410, 1440]),
        reason: chance(0.5),
        ticket: chance(0.5),
        mfa: false,
        context: false,
        approval: chance(0.3) && { approvers: ['lena'] },
      })
      const pim = createPim({ graph, groupId: tenant.groups.access, clock: () => new Date() })
      const rules = await pim.rules(token)
      for (let tries = 0; tries < 4; tries++) {
        const read = readWish(randomForm(rules), rules)
        if ('errors' in read) outcomes.sentBack++
        else
          await pim.activate(token, { principalId: oidOf(tenant, 'ben'), ...read.wish }).then(
            () => outcomes.accepted++,
            thrown => {
              const known =
                thrown instanceof GraphRefusal &&
                ['RoleAssignmentExists', 'PendingRoleAssignmentRequest'].includes(thrown.code)
              if (!known) outcomes.refused.push({ rules, wish: read.wish, thrown })
            },
          )
        forget()
      }
    }
    expect(outcomes.refused).toEqual([])
    expect(outcomes.accepted).toBeGreaterThan(20)
    expect(outcomes.sentBack).toBeGreaterThan(20)
  })

  /** Ends all access, so that the next wish is judged by its rules, not by access that is on already. */
  function forget(): void {
    for (const { id, key, status } of tenant.requests.filter(each => each.key === 'ben' && each.about === 'assignment'))
      if (status === 'PendingApproval') tenant.cancelRequest(id, key)
      else if (status === 'Provisioned') endNow(key)
  }
  const endNow = (key: string) => {
    try {
      tenant.end(key)
    } catch {
      // Nothing was on.
    }
  }
})
