import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import { assignmentThings } from './assignments.ts'
import { groupThing } from './groups.ts'
import { together } from './named.ts'
import { rulesThing } from './pim-rules.ts'
import { referencesThing, someOf } from './references.ts'
import { unitMemberThings, unitThings } from './units.ts'

/** The groups of the gates, their owners, the rules of PIM for them, and the people who are eligible or active. */
export const gateThings = (given: Given): Thing[] => [
  ...unitThings(given),
  ...given.wish.gates.flatMap(gate => thingsOfGate(gate, given)),
  ...standingThings(given),
]

function thingsOfGate(gate: GateWish, given: Given): Thing[] {
  const { name, group, protection } = gate
  const description = `${given.wish.name}: its members pass the gate "${name}" while PIM keeps them in it`
  return [
    groupThing({ name: group, description, isRoleAssignable: protection === 'role-assignable' }, given),
    ...ownerThings(group, given),
    rulesThing(gate, given),
    ...assignmentThings(gate, given),
    ...unitMemberThings(gate, given),
  ]
}

/** The group through which people sign in who may turn on access; nothing else depends on it. */
function standingThings(given: Given): Thing[] {
  const { wish, graph } = given
  const name = wish.standingGroup
  if (name === undefined) return []
  const description = `${wish.name}: people who may sign in there to turn on access, or to approve that. It opens nothing else`
  const people = standingPeople(wish)
  const members = referencesThing(
    {
      object: `members of group ${name}`,
      at: ({ groups }) => listOf(groups, name, 'members'),
      members: people,
      ids: known => known.people,
      others: names => `${someOf(names)} may sign in through it, too.`,
    },
    graph,
  )
  return [groupThing({ name, description, isRoleAssignable: false }, given), ...ownerThings(name, given), members]
}

/** Who comes to the application without access, or before it: people of the gates, and those who approve there. */
export const standingPeople = ({ gates }: TenantWish): string[] =>
  together(
    ...gates.map(({ eligible, active, activation }) => [
      ...[...eligible, ...active].map(({ person }) => person),
      ...(activation.approvers?.users ?? []),
    ]),
  )

function ownerThings(group: string, { wish, graph }: Given): Thing[] {
  if (wish.owners.length === 0) return []
  const owners = referencesThing(
    {
      object: `owners of group ${group}`,
      at: ({ groups }) => listOf(groups, group, 'owners'),
      members: wish.owners,
      ids: ({ people }) => people,
      others: names => `${someOf(names)} may change its members and the rules of PIM for it, too.`,
    },
    graph,
  )
  return [owners]
}

const listOf = (groups: ReadonlyMap<string, string>, name: string, list: string): string | undefined =>
  groups.has(name) ? `/groups/${groups.get(name)}/${list}` : undefined
