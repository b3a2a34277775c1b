import type { ExpectedGate } from '../expected.ts'
import { approversOf, type SetupApprover } from './activation-rules.ts'
import { type Fact, following, UnseenFact } from './fact.ts'
import { type DirectoryGroup, readGroup, readMembers, readOwners, readPerson } from './group.ts'
import { isA, type Principal } from './kinds.ts'
import { type Active, type Eligible, type MemberPolicy, readActive, readEligible, readPolicy } from './pim.ts'
import type { FactReading } from './reading.ts'

/** An approver, and the accounts behind them that can sign in: of a group, its members. */
export type ApproverFacts = SetupApprover & { able: Fact<readonly string[]> }

/** What was read of the group of a gate. */
export type GroupOfGate = {
  gate: ExpectedGate & { groupId: string }
  group: Fact<DirectoryGroup>
  owners: Fact<Principal[]>
  /** Who can turn on being an owner. */
  eligibleOwners: Fact<Eligible[]>
  members: Fact<Principal[]>
  active: Fact<Active[]>
  eligible: Fact<Eligible[]>
  policy: Fact<MemberPolicy>
  approvers: readonly ApproverFacts[]
}

/** Reads all about the group of a gate. */
export async function readGate(reading: FactReading, gate: GroupOfGate['gate']): Promise<GroupOfGate> {
  const id = gate.groupId
  const [group, owners, members, active, eligible, eligibleOwners, policy] = await Promise.all([
    readGroup(reading, id),
    readOwners(reading, id),
    readMembers(reading, id),
    readActive(reading, id),
    readEligible(reading, id),
    readEligible(reading, id, 'owner'),
    readPolicy(reading, id),
  ])
  const approvers = await readApprovers(reading, policy)
  return { gate, group, owners, eligibleOwners, members, active, eligible, policy, approvers }
}

function readApprovers(reading: FactReading, policy: Fact<MemberPolicy>): Promise<ApproverFacts[]> {
  return Promise.all(namedIn(policy).map(async each => ({ ...each, able: await ableOf(reading, each) })))
}

/** A policy that does not tell its approvers has none to read; the check meets the same policy and says so. */
function namedIn(policy: Fact<MemberPolicy>): readonly SetupApprover[] {
  try {
    return 'value' in policy ? (approversOf(policy.value) ?? []) : []
  } catch (thrown) {
    if (thrown instanceof UnseenFact) return []
    throw thrown
  }
}

async function ableOf(reading: FactReading, { kind, id }: SetupApprover): Promise<Fact<readonly string[]>> {
  if (kind === 'user') {
    const person = await readPerson(reading, id)
    // An account that does not exist approves nothing.
    if ('missing' in person) return { value: [] }
    return following(person, async ({ accountEnabled }) => ({ value: accountEnabled ? [id] : [] }))
  }
  const members = await readMembers(reading, id)
  if ('missing' in members) return { value: [] }
  // A reader who may not read people does not see who is disabled: they count as able.
  const able = (row: Principal) => isA('user', row) && row.accountEnabled !== false
  return following(members, async rows => ({ value: rows.filter(able).map(row => row.id) }))
}
