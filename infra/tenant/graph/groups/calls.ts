import { actOn, type Call, itemOf, listOf, replying } from '../call.ts'
import { addMember, removeMember } from './change-members.ts'
import { changeGroup, listGroups, makeGroup } from './make.ts'
import { listDirectMembers, listTransitiveMembers } from './members.ts'
import { listGroupsOfPerson } from './of-person.ts'
import { groupOwners } from './owners.ts'
import { listMemberOf, showGroup, showGroupNamed } from './read.ts'
import { unitCalls } from './units.ts'

const units = '/directory/administrativeUnits'

/** The calls about groups, their owners and members, and about administrative units. */
export const groupCalls: readonly Call[] = [
  ['get', '/groups', 'users', listOf('group'), listGroups],
  ['post', '/groups', 'users', actOn('group'), makeGroup],
  ['get', '/groups/:id', 'users', itemOf('group'), replying(showGroup)],
  ['get', "/groups\\(uniqueName=':name'\\)", 'users', itemOf('group'), replying(showGroupNamed)],
  ['patch', '/groups/:id', 'users', actOn('group'), changeGroup],
  ['get', '/groups/:id/members', 'members', listOf('directoryObject'), replying(listDirectMembers)],
  ['post', '/groups/:id/members/$ref', 'members', actOn('reference'), addMember],
  ['delete', '/groups/:id/members/:object/$ref', 'members', actOn('nothing'), removeMember],
  ['get', '/groups/:id/transitiveMembers', 'members', listOf('directoryObject'), replying(listTransitiveMembers)],
  ['get', '/groups/:id/memberOf', 'users', listOf('directoryObject'), replying(listMemberOf)],
  ['get', '/groups/:id/owners', 'users', listOf('directoryObject'), groupOwners.list],
  ['post', '/groups/:id/owners/$ref', 'users', actOn('reference'), groupOwners.add],
  ['delete', '/groups/:id/owners/:object/$ref', 'users', actOn('nothing'), groupOwners.remove],
  ['get', '/users/:id/transitiveMemberOf', 'members', listOf('directoryObject'), replying(listGroupsOfPerson)],
  ['get', units, 'users', listOf('unit'), unitCalls.list],
  ['post', units, 'users', actOn('unit'), unitCalls.create],
  ['get', `${units}/:id`, 'users', itemOf('unit'), unitCalls.show],
  ['get', `${units}/:id/members`, 'users', listOf('directoryObject'), unitCalls.listMembers],
  ['post', `${units}/:id/members/$ref`, 'users', actOn('reference'), unitCalls.addMember],
  ['delete', `${units}/:id/members/:object/$ref`, 'users', actOn('nothing'), unitCalls.removeMember],
]
