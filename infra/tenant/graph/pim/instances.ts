import { guidFrom } from '../../directory/ids.ts'
import { type GroupKey, idOfGroup } from '../../directory/managed.ts'
import { personBy } from '../../directory/people.ts'
import { before } from '../../sign-in/admission.ts'
import type { TenantState } from '../../state.ts'
import type { Collection, Entry } from '../collection.ts'
import { cased } from '../enums.ts'
import { scheduleId } from './request-rows.ts'
import { scopesOf } from './scopes.ts'

/** PIM's assignments that are in force. */
export const assignmentInstances: Collection = {
  name: 'assignmentScheduleInstances',
  readers: scopesOf.assignment.read,
  parts: ['principal'],
  filterable: ['groupId', 'principalId', 'accessId', 'assignmentType', 'memberType', 'assignmentScheduleId'],
  entries: state => state.pims.all().flatMap(({ group }) => entriesOf(state, group)),
}

function entriesOf(state: TenantState, group: GroupKey): Entry[] {
  const { directory, switches } = state
  const memberships = directory.of(group)
  const at = before(state, Math.max(switches.rosterLagSeconds, switches.directoryLagSeconds), group)
  const inPim = memberships.instancesAt(at)
  const members = inPim.map(({ id, key, kind, from, until }) =>
    instance(state, { group, id, key, accessId: 'member', assignmentType: kind, from, until }),
  )
  const owners = (group === 'members' ? switches.owners : []).map(key =>
    instance(state, { group, id: guidFrom(`owner ${key}`), key, accessId: 'owner', assignmentType: 'assigned' }),
  )
  if (!switches.directMembersInInstances || !state.pims.of(group).policies.isManaged()) return [...owners, ...members]
  const direct = memberships.membersAt(at).filter(key => !inPim.some(stay => stay.key === key))
  const others = direct.map(key =>
    instance(state, { group, id: guidFrom(`direct ${key}`), key, accessId: 'member', assignmentType: 'assigned' }),
  )
  return [...owners, ...members, ...others]
}

type Facts = {
  group: GroupKey
  id: string
  key: string
  accessId: string
  assignmentType: string
  from?: Date
  until?: Date | undefined
}

function instance(state: TenantState, { group, id, key, accessId, assignmentType, from, until }: Facts): Entry {
  const name = scheduleId(group, { id, side: accessId })
  const row = {
    id: name,
    principalId: personBy(key).oid,
    accessId: cased(state, accessId),
    groupId: idOfGroup(group),
    assignmentType: cased(state, assignmentType),
    memberType: cased(state, 'direct'),
    assignmentScheduleId: name,
    startDateTime: from?.toISOString() ?? null,
    endDateTime: until?.toISOString() ?? null,
  }
  return { group, key, row }
}
