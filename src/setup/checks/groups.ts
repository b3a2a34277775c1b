import type { SetupCheck } from '../check.ts'
import { isMissing, see } from '../facts/fact.ts'
import type { GroupOfGate } from '../facts/gate.ts'
import { judgeEach, listed } from '../judging.ts'

/** The group of a gate as a sentence names it. */
export const groupOf = ({ gate, group }: GroupOfGate): string =>
  `The group ${listed([('value' in group ? group.value.displayName : undefined) ?? gate.title])}`

const fewOwners = 5

/** Checks of the groups of the gates. */
export const groupChecks: readonly SetupCheck[] = [
  {
    name: 'group-exists',
    why: 'Nobody can be a member of a group that is not there.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        ({ gate, group }) => {
          if (!isMissing(group)) return void see(group)
          return {
            what: `The group ${gate.groupId} of the gate ${listed([gate.title])} does not exist.`,
            fix: 'Correct its object id in the settings, or make the group.',
          }
        },
        'The group of every gate exists.',
      ),
  },
  {
    name: 'group-kind',
    why: 'PIM manages security groups only, and neither groups with a rule for members nor groups that come from a local directory.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        facts => {
          const { securityEnabled, groupTypes, membershipRule, onPremisesSyncEnabled } = see(facts.group)
          const isDynamic =
            groupTypes.some(type => type.toLowerCase() === 'dynamicmembership') || Boolean(membershipRule)
          const faults = [
            ...(securityEnabled ? [] : ['is no security group']),
            ...(isDynamic ? ['has a rule for its members'] : []),
            ...(onPremisesSyncEnabled ? ['comes from a local directory'] : []),
          ]
          if (faults.length === 0) return undefined
          return {
            what: `${groupOf(facts)} ${faults.join(' and ')}.`,
            fix: 'Make a security group in the cloud with assigned members, and give its object id to the gate.',
          }
        },
        'The group of every gate is of a kind that PIM manages.',
      ),
  },
  {
    name: 'group-under-pim',
    why: 'A membership that PIM does not manage has no end, no reason and no approval.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        facts => {
          const [active, eligible] = [see(facts.active), see(facts.eligible)]
          // A row without a start may stand for a member whom PIM does not know.
          const isKnown = active.some(({ startDateTime }) => startDateTime !== null) || eligible.length > 0
          if (isKnown || see(facts.policy).isChanged) return undefined
          return {
            what: `${groupOf(facts)} has neither people in PIM nor settings that anybody made.`,
            fix: 'Bring it under PIM: Identity Governance, Privileged Identity Management, Groups, Discover groups.',
          }
        },
        'PIM manages the group of every gate.',
      ),
  },
  {
    name: 'group-protected',
    why: 'Any administrator of groups can add themselves to a group that is not protected, past PIM.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        facts => {
          const { isAssignableToRole, isManagementRestricted } = see(facts.group)
          if (isAssignableToRole || isManagementRestricted || facts.gate.unprotected) return undefined
          return {
            what: `${groupOf(facts)} is neither role-assignable nor in a restricted administrative unit.`,
            fix: 'Put it into a restricted management administrative unit, or use a role-assignable group in its place.',
          }
        },
        'No administrator of groups can change the group of a gate, unless that is wanted.',
      ),
  },
  {
    name: 'group-owners',
    why: 'An owner of a group, and who can turn that on, can change its settings in PIM and give access to anybody.',
    judge: ({ gates }, { owners: known }) =>
      judgeEach(
        gates,
        facts => {
          const now = see(facts.owners)
          const later = see(facts.eligibleOwners)
            .map(({ principalId }) => principalId)
            .filter(id => !now.some(owner => owner.id === id))
          const owners = [...now, ...later.map(id => ({ id, displayName: undefined }))]
          const unknown = known ? owners.filter(({ id }) => !known.includes(id)) : []
          if (unknown.length === 0 && owners.length <= fewOwners) return undefined
          const [which, whom] =
            unknown.length > 0 ? ['has owners whom nobody named', unknown] : [`has ${owners.length} owners`, owners]
          return {
            what: `${groupOf(facts)} ${which}: ${listed(whom.map(row => row.displayName ?? row.id))}.`,
            fix: 'Remove the owners who do not answer for who has access.',
          }
        },
        'The owners of every group are few and known.',
      ),
  },
]
