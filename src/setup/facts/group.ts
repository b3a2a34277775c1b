import { z } from 'zod'
import { lowerGuid } from '../../entra/graph/shapes.ts'
import { type Fact, following } from './fact.ts'
import { isA, type Principal, principalShape } from './kinds.ts'
import type { FactReading } from './reading.ts'

const groupShape = z.object({
  id: lowerGuid,
  displayName: z.string().nullable(),
  securityEnabled: z.boolean().nullable(),
  groupTypes: z.array(z.string()),
  membershipRule: z.string().nullable(),
  onPremisesSyncEnabled: z.boolean().nullable(),
  isAssignableToRole: z.boolean().nullable(),
  isManagementRestricted: z.boolean().nullable(),
})
/** A group of the directory. */
export type DirectoryGroup = z.infer<typeof groupShape>

const properties = Object.keys(groupShape.shape).join(',')

/** Reads a group. Graph shows whether a restricted unit protects it only to who selects that. */
export const readGroup = (reading: FactReading, id: string): Promise<Fact<DirectoryGroup>> =>
  reading.one({
    what: `the group ${id}`,
    path: `/groups/${id}?$select=${properties}`,
    shape: groupShape,
    needs: 'GroupMember.Read.All',
  })

/** Reads the owners of a group. */
export const readOwners = (reading: FactReading, id: string): Promise<Fact<Principal[]>> =>
  reading.all({
    what: `the owners of the group ${id}`,
    path: `/groups/${id}/owners?$select=id,displayName`,
    shape: principalShape,
    needs: 'GroupMember.Read.All',
  })

/** Reads who is in a group itself, groups among them. */
export const readMembers = (reading: FactReading, id: string): Promise<Fact<Principal[]>> =>
  reading.all({
    what: `the members of the group ${id}`,
    path: `/groups/${id}/members?$select=id,displayName,accountEnabled&$top=999`,
    shape: principalShape,
    needs: 'GroupMember.Read.All',
  })

const personShape = z.object({ id: lowerGuid, displayName: z.string().nullish(), accountEnabled: z.boolean() })

/** Reads whether an account may sign in. */
export const readPerson = (reading: FactReading, id: string): Promise<Fact<z.infer<typeof personShape>>> =>
  reading.one({
    what: `the account ${id}`,
    path: `/users/${id}?$select=id,displayName,accountEnabled`,
    shape: personShape,
    needs: 'User.Read.All',
  })

/** Reads all groups that a person is in, through other groups too. */
export async function readGroupsOf(reading: FactReading, id: string): Promise<Fact<string[]>> {
  const rows = await reading.all({
    what: `the groups of the account ${id}`,
    path: `/users/${id}/transitiveMemberOf?$select=id`,
    shape: principalShape,
    needs: 'GroupMember.Read.All and User.Read.All',
  })
  return following(rows, async all => ({ value: all.filter(row => isA('group', row)).map(row => row.id) }))
}
