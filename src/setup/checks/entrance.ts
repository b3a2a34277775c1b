import type { SetupCheck } from '../check.ts'
import type { ExpectedTenant } from '../expected.ts'
import type { RoleAssignment } from '../facts/enterprise-app.ts'
import { isMissing, see } from '../facts/fact.ts'
import type { SetupFacts } from '../facts/facts.ts'
import { isA } from '../facts/kinds.ts'
import { right, wrong } from '../finding.ts'
import { judgeEach, listed } from '../judging.ts'

const noRole = '00000000-0000-0000-0000-000000000000'

/** The front door that the tenant has, by what is assigned to the application. */
function doorOf({ enterpriseApp, assigned }: SetupFacts, { gates }: ExpectedTenant): 'open' | 'strict' | 'helpful' {
  if (!see(enterpriseApp).appRoleAssignmentRequired) return 'open'
  const own = new Set(gates.map(({ groupId }) => groupId))
  return see(assigned).every(({ principalId }) => own.has(principalId)) ? 'strict' : 'helpful'
}

const doors = {
  open: 'Everybody in the tenant can sign in, guests too; the gates alone decide.',
  strict: 'Entra lets in active members only: the strict front door.',
  helpful: 'Entra lets in more people than the active members: the helpful front door.',
}

/** Checks of who comes as far as the application. */
export const entranceChecks: readonly SetupCheck[] = [
  {
    name: 'enterprise-app',
    why: 'Without its enterprise application in the tenant, or with sign-in turned off there, nobody can sign in.',
    judge({ enterpriseApp, application }) {
      if (isMissing(enterpriseApp)) {
        // Without a registration there is none either, and that is what another check says.
        see(application)
        return wrong(
          'The application is registered, and there is no enterprise application for it.',
          'Open the app registration and choose "Create service principal", or sign in once as an administrator.',
        )
      }
      if (see(enterpriseApp).accountEnabled !== false) return right('The enterprise application takes sign-ins.')
      return wrong(
        'The enterprise application takes no sign-ins.',
        'Set "Enabled for users to sign-in" of the enterprise application to yes.',
      )
    },
  },
  {
    name: 'assignment-required',
    why: 'It decides who meets the pages of the application at all, and who meets Entra’s refusal instead.',
    judge(facts, expected) {
      const door = doorOf(facts, expected)
      const { frontDoor } = expected
      if (frontDoor === undefined || frontDoor === door) return right(doors[door])
      if (door === 'open') return wrong(doors.open, 'Set "Assignment required" of the enterprise application to yes.')
      // A helpful door without its standing group is what another check says.
      if (frontDoor === 'helpful') return right('Assignment is required.')
      return wrong(doors.helpful, 'Leave only the groups of the gates assigned to the enterprise application.')
    },
  },
  {
    name: 'groups-assigned',
    why: 'A token lists only groups that are assigned, so nobody passes the gate of a group that is not. Only direct members count.',
    judge({ assigned, application, gates }) {
      return judgeEach(
        gates,
        ({ gate: { groupId, title, role }, group }) => {
          see(group)
          const rows = see(assigned).filter(({ principalId }) => principalId === groupId)
          const wanted =
            role === undefined ? undefined : see(application).appRoles.find(each => each.value === role)?.id
          const isThere = wanted === undefined ? rows.length > 0 : rows.some(({ appRoleId }) => appRoleId === wanted)
          if (isThere) return undefined
          const as = role === undefined ? '' : ` with the role ${role}`
          return {
            what: `The group of the gate ${listed([title])} is not assigned to the enterprise application${as}.`,
            fix: `Assign the group ${groupId} to the enterprise application${as}.`,
          }
        },
        'The group of every gate is assigned.',
      )
    },
  },
  {
    name: 'standing-group',
    why: 'Who can turn on access must be able to sign in before access is on. With only the groups of the gates assigned they cannot.',
    judge(facts, { frontDoor, standingGroupId, features, gates }) {
      const isRequired = see(facts.enterpriseApp).appRoleAssignmentRequired
      const rows = see(facts.assigned)
      if (frontDoor === 'strict') return right('The front door is strict: there is no standing group.')
      if (frontDoor === 'helpful' && standingGroupId !== undefined) {
        if (rows.some(({ principalId }) => principalId === standingGroupId))
          return right('The standing group is assigned.')
        return wrong(
          'The standing group is not assigned.',
          `Assign the group ${standingGroupId} to the enterprise application.`,
        )
      }
      const own = new Set(gates.map(({ groupId }) => groupId))
      const others = rows.some(({ principalId }) => !own.has(principalId))
      if (!isRequired || others || (frontDoor === undefined && !features.selfService))
        return right('Nobody who can turn on access here is kept from signing in by a missing assignment.')
      return wrong(
        'People turn on access in the application, and only active members can sign in to it.',
        'Assign a group of all who can turn on access to the enterprise application.',
      )
    },
  },
  {
    name: 'role-given-directly',
    why: 'An app role that somebody holds past the group of its gate has no end, no reason and no approval.',
    judge({ assigned, application }, { gates }) {
      const rows = see(assigned)
      const byRole = gates.filter(({ role }) => role !== undefined)
      if (byRole.length === 0) return right('No gate opens by an app role.')
      const { appRoles } = see(application)
      return judgeEach(
        byRole,
        ({ role, title }) => {
          const ids = appRoles.flatMap(({ id, value }) => (value === role && id !== noRole ? [id] : []))
          const groups = byRole.flatMap(gate => (gate.role === role ? [gate.groupId] : []))
          // Where a gate names no group, any group may be the one that carries its role.
          const isMeant = ({ principalType, principalId }: RoleAssignment) =>
            principalType === 'ServicePrincipal' ||
            (principalType === 'Group' && (groups.includes(undefined) || groups.includes(principalId)))
          const others = rows.filter(row => ids.includes(row.appRoleId) && !isMeant(row))
          if (others.length === 0) return undefined
          return {
            what: `The app role of the gate ${listed([title])} is held past its group by ${listed(others.map(row => row.principalDisplayName ?? row.principalId))}.`,
            fix: 'Remove these assignments from the enterprise application, and make the people eligible in PIM.',
          }
        },
        'Nobody holds an app role of a gate but through its group.',
      )
    },
  },
  {
    name: 'nested-groups',
    why: 'Only direct members of an assigned group can sign in and are listed in tokens. Members of a group inside it are not.',
    judge({ gates, otherAssigned }) {
      const all = [...gates.map(({ gate, members }) => ({ id: gate.groupId, members })), ...otherAssigned]
      return judgeEach(
        all,
        ({ id, members }) => {
          const nested = see(members).filter(row => isA('group', row))
          if (nested.length === 0) return undefined
          return {
            what: `The group ${id} has groups as members: ${listed(nested.map(row => row.displayName ?? row.id))}.`,
            fix: 'Put their people into the group itself.',
          }
        },
        'No group that was looked at has groups as members.',
      )
    },
  },
]
