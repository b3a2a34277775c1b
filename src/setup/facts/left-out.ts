import { z } from 'zod'
import type { AccessPolicy } from './conditional-access.ts'
import { type Fact, following } from './fact.ts'
import { readGroup } from './group.ts'
import { principalShape, shown } from './kinds.ts'
import type { FactReading } from './reading.ts'

/** Those in a group, groups among them, by their ids; not whole where there are more than one page of them. */
type Within = { ids: readonly string[]; isWhole: boolean }
/** A group that a policy on a context leaves out, with those in it, through other groups too. */
export type LeftOutGroup = { id: string; name: string; members: Fact<Within> }

const mostGroups = 20
const pageShape = z.object({ value: z.array(principalShape), '@odata.nextLink': z.string().optional() })

/** Reads the groups that policies on contexts leave out: 20 at most, and of each the first 999 members. */
export async function readLeftOut(
  reading: FactReading,
  policies: Fact<AccessPolicy[]>,
): Promise<readonly LeftOutGroup[]> {
  const onContexts = ('value' in policies ? policies.value : []).filter(
    ({ state, conditions: { applications } }) =>
      state !== 'disabled' && applications?.includeAuthenticationContextClassReferences.length,
  )
  const ids = new Set(onContexts.flatMap(({ conditions: { users } }) => users?.excludeGroups ?? []))
  return Promise.all([...ids].slice(0, mostGroups).map(id => readOne(reading, id)))
}

/** Source: https://learn.microsoft.com/graph/api/group-list-transitivemembers */
async function readOne(reading: FactReading, id: string): Promise<LeftOutGroup> {
  const [group, page] = await Promise.all([
    readGroup(reading, id),
    reading.one({
      what: `who is in the group ${id}, which a policy leaves out`,
      path: `/groups/${id}/transitiveMembers?$select=id&$top=999`,
      shape: pageShape,
      needs: 'GroupMember.Read.All',
    }),
  ])
  const members = await following(page, async ({ value, ...rest }) => ({
    value: { ids: value.map(row => row.id), isWhole: rest['@odata.nextLink'] === undefined },
  }))
  return { id, name: ('value' in group && shown(group.value.displayName ?? '')) || id, members }
}
