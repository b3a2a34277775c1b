import { z } from 'zod'
import { lowerGuid, word } from '../../entra/graph/shapes.ts'
import { type Fact, following } from './fact.ts'
import type { FactReading } from './reading.ts'

const instance = {
  principalId: lowerGuid,
  accessId: word,
  startDateTime: z.string().nullable(),
  endDateTime: z.string().nullable(),
}
const activeShape = z.object({ ...instance, assignmentType: word })
const eligibleShape = z.object(instance)
/** A membership that PIM knows. Without an end it does not run out. */
export type Active = z.infer<typeof activeShape>
/** Somebody who can turn on access. */
export type Eligible = z.infer<typeof eligibleShape>

const policyShape = z.object({
  roleDefinitionId: word,
  policy: z.object({
    lastModifiedDateTime: z.string().nullish(),
    rules: z.array(z.object({ id: z.string() }).loose()),
  }),
})
/** The policy for members of a group: whether anybody ever changed it, and its rules by their ids in lower case. */
export type MemberPolicy = { isChanged: boolean; rules: ReadonlyMap<string, unknown> }

const pim = '/identityGovernance/privilegedAccess/group'
const ofGroup = (id: string) => `$filter=${encodeURIComponent(`groupId eq '${id}'`)}`

/** Reads who is a member through PIM now, owners left out. */
export async function readActive(reading: FactReading, id: string): Promise<Fact<Active[]>> {
  const rows = await reading.all({
    what: `PIM’s assignments of the group ${id}`,
    path: `${pim}/assignmentScheduleInstances?${ofGroup(id)}`,
    shape: activeShape,
    needs: 'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  })
  return following(rows, async value => ({ value: value.filter(isMember) }))
}

/** Reads who can turn on membership, or with `owner` who can turn on being an owner. */
export async function readEligible(
  reading: FactReading,
  id: string,
  access: 'member' | 'owner' = 'member',
): Promise<Fact<Eligible[]>> {
  const rows = await reading.all({
    what: `PIM’s eligibilities of the group ${id}`,
    path: `${pim}/eligibilityScheduleInstances?${ofGroup(id)}`,
    shape: eligibleShape,
    needs: 'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  })
  return following(rows, async value => ({ value: value.filter(({ accessId }) => accessId === access) }))
}

const isMember = ({ accessId }: { accessId: string }) => accessId === 'member'

/** Reads PIM’s policy for members of a group. Its id is asked for each time, because it changes. */
export async function readPolicy(reading: FactReading, id: string): Promise<Fact<MemberPolicy>> {
  const filter = `scopeId eq '${id}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`
  const part = { what: `PIM’s policy of the group ${id}`, needs: 'RoleManagementPolicy.Read.AzureADGroup' }
  const rows = await reading.all({
    ...part,
    path: `/policies/roleManagementPolicyAssignments?$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent('policy($expand=rules)')}`,
    shape: policyShape,
  })
  return following(rows, async value => {
    const policy = value.find(({ roleDefinitionId }) => roleDefinitionId === 'member')?.policy
    const nothing = {
      unseen: `Microsoft shows no ${part.what.slice(6)}.`,
      remedy: `Check again later; it takes the permission ${part.needs}.`,
    }
    if (!policy) return nothing
    const rules = new Map(policy.rules.map(rule => [rule.id.toLowerCase(), rule as unknown]))
    return { value: { isChanged: Boolean(policy.lastModifiedDateTime), rules } }
  })
}
