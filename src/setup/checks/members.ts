import type { SetupCheck } from '../check.ts'
import { see, UnseenFact } from '../facts/fact.ts'
import type { GroupOfGate } from '../facts/gate.ts'
import { isA } from '../facts/kinds.ts'
import { judgeEach, listed } from '../judging.ts'
import { groupOf } from './groups.ts'

/** People by their names, where the members of the group show them. */
function named({ members }: GroupOfGate, ids: readonly string[]): string {
  const rows = 'value' in members ? members.value : []
  return listed(ids.map(id => rows.find(row => row.id === id)?.displayName ?? id))
}

/** Checks of who is in the groups of the gates. */
export const memberChecks: readonly SetupCheck[] = [
  {
    name: 'members-outside-pim',
    why: 'Somebody added them to the group directly: their access has no end, and PIM shows no reason for it.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        facts => {
          const active = see(facts.active)
          const people = see(facts.members).filter(row => isA('user', row))
          const outside = people.filter(({ id }) => !active.some(row => row.principalId === id)).map(({ id }) => id)
          if (outside.length > 0)
            return {
              what: `${groupOf(facts)} has members whom PIM does not know: ${named(facts, outside)}.`,
              fix: 'Remove them from the group, and make them eligible in PIM.',
            }
          const doubtful = people
            .map(({ id }) => id)
            .filter(id => !active.some(row => row.principalId === id && row.startDateTime))
          // How Graph shows members who were added past PIM is not documented: it may be like this.
          if (doubtful.length > 0)
            throw new UnseenFact(
              `PIM does not say since when these are members: ${named(facts, doubtful)}.`,
              'Look at them in PIM, Groups, the group, Assignments.',
            )
          return undefined
        },
        'Every member is one through PIM.',
      ),
  },
  {
    name: 'permanent-members',
    why: 'Access that is always on is there for whoever takes over the account, at any hour and without a reason.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        facts => {
          const { permanent } = facts.gate
          const without = see(facts.active)
            .filter(({ endDateTime, startDateTime }) => endDateTime === null && startDateTime !== null)
            .map(({ principalId }) => principalId)
          const unexpected = without.filter(id => !permanent?.includes(id))
          if (unexpected.length === 0) return undefined
          const what = `${groupOf(facts)} has members without an end: ${named(facts, unexpected)}.`
          if (permanent === undefined)
            throw new UnseenFact(
              what,
              'Nobody said whether that is meant: name them in tenant.json, or give them an end in PIM.',
            )
          return { what, fix: 'Give their assignments an end, or make them eligible instead.' }
        },
        'Nobody is a member without an end, unless that is wanted.',
      ),
  },
  {
    name: 'permanent-eligibilities',
    why: 'Somebody who changed their work years ago can still turn on access.',
    judge: ({ gates }) =>
      judgeEach(
        gates,
        facts => {
          const { permanentlyEligible = [] } = facts.gate
          const without = see(facts.eligible).filter(({ endDateTime }) => endDateTime === null)
          const unexpected = without
            .map(({ principalId }) => principalId)
            .filter(id => !permanentlyEligible.includes(id))
          if (unexpected.length === 0) return undefined
          return {
            what: `People can turn on access to t${groupOf(facts).slice(1)} without an end: ${named(facts, unexpected)}.`,
            fix: 'Give their eligibilities an end in PIM.',
          }
        },
        'Every eligibility has an end, unless that is wanted.',
      ),
  },
]
