import type { ExpectedTenant } from '../../../src/setup/expected.ts'
import type { AccessPolicy } from '../../../src/setup/facts/conditional-access.ts'
import type { Fact } from '../../../src/setup/facts/fact.ts'
import type { SetupFacts } from '../../../src/setup/facts/facts.ts'
import type { GroupOfGate } from '../../../src/setup/facts/gate.ts'
import type { Registration } from '../../../src/setup/facts/registration.ts'
import { ids, rulesOf, valueIn } from '../sound.ts'

export type Change = (facts: SetupFacts, expected: ExpectedTenant) => void
export type Case = [what: string, check: string, change: Change]

export const inRegistration =
  (change: (registration: Registration) => void): Change =>
  ({ application }) =>
    change(valueIn<Registration>(application))
/** Changes the group of the gate for members. */
export const inGroup =
  (change: (group: GroupOfGate) => void): Change =>
  ({ gates }) =>
    change(gates[0] as GroupOfGate)
export const inDirectory = (properties: object): Change =>
  inGroup(({ group }) => Object.assign(valueIn<object>(group), properties))
export const withRules = (wish: Parameters<typeof rulesOf>[0], approvers: GroupOfGate['approvers'] = []): Change =>
  inGroup(group => {
    group.policy = { value: { isChanged: true, rules: rulesOf({ context: 'c1', ...wish }) } }
    group.approvers = approvers
  })
/** Changes the policy on the members’ context. */
export const inPolicy =
  (change: (policy: AccessPolicy) => void): Change =>
  ({ policies }) =>
    change(valueIn<AccessPolicy[]>(policies)[0] as AccessPolicy)
export const inGrant = (properties: object): Change =>
  inPolicy(({ grantControls }) => Object.assign(grantControls as object, properties))
export const inUsers = (properties: object): Change =>
  inPolicy(({ conditions }) => Object.assign(conditions.users as object, properties))
/** What was read of those in the group of the emergency accounts, which the policies leave out. */
export const leavingOut =
  (members: SetupFacts['leftOut'][number]['members']): Change =>
  facts =>
    Object.assign(facts, { leftOut: [{ id: ids.emergency, name: 'Emergency access', members }] })
export const inConditions = (properties: object): Change =>
  inPolicy(({ conditions }) => Object.assign(conditions, properties))
export const list = <T>(fact: Fact<T[]>): T[] => valueIn<T[]>(fact)
export const approver = { '@odata.type': '#microsoft.graph.singleUser', userId: ids.lena }
export const asUser = (able: string[]) => [{ kind: 'user' as const, id: ids.lena, able: { value: able } }]
export const roleGate: Change = (_facts, expected) => {
  expected.gates = [...expected.gates, { name: 'payers', title: 'Payers', role: 'Payments.Access', selfService: false }]
}
export const both =
  (...changes: Change[]): Change =>
  (facts, expected) => {
    for (const change of changes) change(facts, expected)
  }
