import type { ExpectedTenant } from '../expected.ts'
import {
  type AccessPolicy,
  type AuthenticationStrength,
  type PublishedContext,
  readAccessPolicies,
  readContexts,
  readStrengths,
} from './conditional-access.ts'
import {
  type Consent,
  type EnterpriseApp,
  type GraphApp,
  type RoleAssignment,
  readAssigned,
  readConsents,
  readEnterpriseApp,
  readGranted,
  readGraphApp,
} from './enterprise-app.ts'
import { type Fact, following } from './fact.ts'
import { type GroupOfGate, readGate } from './gate.ts'
import { readGroupsOf, readMembers } from './group.ts'
import type { Principal } from './kinds.ts'
import { type LeftOutGroup, readLeftOut } from './left-out.ts'
import { readServicePlans, type ServicePlan } from './licences.ts'
import { createFactReading, type FactReading } from './reading.ts'
import { type Registration, readFederated, readRegistration } from './registration.ts'

/** All that was read of the tenant, each part by itself. */
export type SetupFacts = {
  now: Date
  application: Fact<Registration>
  /** How many federated credentials the registration has. Read only where one is expected. */
  federated: Fact<number>
  enterpriseApp: Fact<EnterpriseApp>
  assigned: Fact<RoleAssignment[]>
  /** The groups that are assigned to the application without being those of gates, with their members: some of them, where they are many. */
  otherAssigned: readonly { id: string; members: Fact<Principal[]> }[]
  graphApp: Fact<GraphApp>
  granted: Fact<RoleAssignment[]>
  consents: Fact<Consent[]>
  gates: readonly GroupOfGate[]
  /** How many groups people of the gates are in: some people, where they are many. Empty where tokens do not list all groups. */
  groupsOfPeople: readonly { id: string; groups: Fact<string[]> }[]
  contexts: Fact<PublishedContext[]>
  policies: Fact<AccessPolicy[]>
  /** The groups that policies on contexts leave out: some of them, where they are many. */
  leftOut: readonly LeftOutGroup[]
  strengths: Fact<AuthenticationStrength[]>
  plans: Fact<ServicePlan[]>
}

type Asking = Parameters<typeof createFactReading>[0] & { expected: ExpectedTenant }

/** So many groups or people are looked at one by one. */
const mostLookedAt = 20

/** Reads the tenant as far as it shows itself. Never throws. */
export async function readFacts({ expected, ...parts }: Asking): Promise<SetupFacts> {
  const reading = createFactReading(parts)
  const [conditionalAccess, application, entrance, gates, plans] = await Promise.all([
    readConditionalAccess(reading),
    readApplication(reading, expected),
    readEntrance(reading, expected),
    readGates(reading, expected),
    readServicePlans(reading),
  ])
  const [otherAssigned, groupsOfPeople, leftOut] = await Promise.all([
    readOtherAssigned(reading, entrance.assigned, gates),
    listsAllGroups(application.application) ? readGroupsOfPeople(reading, gates) : [],
    readLeftOut(reading, conditionalAccess.policies),
  ])
  return {
    now: parts.clock(),
    ...conditionalAccess,
    ...application,
    ...entrance,
    gates,
    plans,
    otherAssigned,
    groupsOfPeople,
    leftOut,
  }
}

async function readConditionalAccess(reading: FactReading) {
  // The policies come first: they are asked one after the other, and matter most when time runs out.
  const [policies, contexts, strengths] = await Promise.all([
    readAccessPolicies(reading),
    readContexts(reading),
    readStrengths(reading),
  ])
  return { policies, contexts, strengths }
}

async function readApplication(reading: FactReading, { clientId, credential }: ExpectedTenant) {
  const application = await readRegistration(reading, clientId)
  const federated =
    credential === 'federated'
      ? await following(application, async value => following(await readFederated(reading, value), counted))
      : { value: 0 }
  return { application, federated }
}
const counted = async (rows: readonly unknown[]): Promise<Fact<number>> => ({ value: rows.length })

async function readEntrance(reading: FactReading, { clientId }: ExpectedTenant) {
  const [enterpriseApp, graphApp] = await Promise.all([readEnterpriseApp(reading, clientId), readGraphApp(reading)])
  const [assigned, granted, consents] = await Promise.all([
    following(enterpriseApp, app => readAssigned(reading, app)),
    following(enterpriseApp, app => readGranted(reading, app)),
    following(enterpriseApp, app => readConsents(reading, app)),
  ])
  return { enterpriseApp, graphApp, assigned, granted, consents }
}

/** One gate after the other, so that PIM is not asked for everything at once. */
async function readGates(reading: FactReading, { gates }: ExpectedTenant): Promise<GroupOfGate[]> {
  const found: GroupOfGate[] = []
  for (const { groupId, ...gate } of gates) if (groupId) found.push(await readGate(reading, { ...gate, groupId }))
  return found
}

async function readOtherAssigned(
  reading: FactReading,
  assigned: Fact<RoleAssignment[]>,
  gates: readonly GroupOfGate[],
) {
  const own = new Set(gates.map(({ gate }) => gate.groupId))
  const rows = 'value' in assigned ? assigned.value : []
  const others = rows.filter(({ principalType, principalId }) => principalType === 'Group' && !own.has(principalId))
  const ids = [...new Set(others.map(({ principalId }) => principalId))].slice(0, mostLookedAt)
  return Promise.all(ids.map(async id => ({ id, members: await readMembers(reading, id) })))
}

/** Whether tokens list more groups than those that are assigned to the application. */
export const listsAllGroups = (application: Fact<Registration>): boolean =>
  'value' in application && /\b(SecurityGroup|All)\b/i.test(application.value.groupMembershipClaims ?? '')

async function readGroupsOfPeople(reading: FactReading, gates: readonly GroupOfGate[]) {
  const rows = gates.flatMap(({ active, eligible }) =>
    [active, eligible].flatMap(each => ('value' in each ? each.value : [])),
  )
  const ids = [...new Set(rows.map(({ principalId }) => principalId))].slice(0, mostLookedAt)
  return Promise.all(ids.map(async id => ({ id, groups: await readGroupsOf(reading, id) })))
}
