import type { GroupOfGate } from '../../../src/setup/facts/gate.ts'
import { ids } from '../sound.ts'
import { approver, both, type Case, inGrant, inGroup, inRegistration, leavingOut, list, withRules } from './changes.ts'

/** What is not certain, each with the check that must not tell. */
export const untoldCases: Case[] = [
  [
    'people in tokens with all groups who are not seen',
    'claims-overage',
    both(
      inRegistration(each => Object.assign(each, { groupMembershipClaims: 'All' })),
      inGroup(group => Object.assign(group, { eligible: { unseen: 'No.', remedy: 'Yes.' } })),
    ),
  ],
  [
    'a member without a start',
    'members-outside-pim',
    inGroup(({ active }) => Object.assign(list(active)[0] as object, { startDateTime: null, endDateTime: null })),
  ],
  [
    'a member without an end, and nobody said whether that is meant',
    'permanent-members',
    both(
      inGroup(({ active }) => Object.assign(list(active)[0] as object, { endDateTime: null })),
      ({ gates }) => {
        delete (gates[0] as GroupOfGate).gate.permanent
      },
    ),
  ],
  [
    'a rule that is missing',
    'activation-length',
    inGroup(group => Object.assign(group, { policy: { value: { isChanged: true, rules: new Map() } } })),
  ],
  ['a duration in months', 'activation-length', withRules({ hours: 'P1M' })],
  [
    'an approver of another kind',
    'approvers',
    withRules({ approvers: [{ '@odata.type': '#microsoft.graph.requestorManager' }] }),
  ],
  [
    'one approver who is not seen',
    'approvers',
    withRules({ approvers: [approver] }, [{ kind: 'user', id: ids.lena, able: { unseen: 'No.', remedy: 'Yes.' } }]),
  ],
  ['a strength that is not shown', 'policy-strength', inGrant({ authenticationStrength: undefined })],
  [
    'a strength that may not be shown beside a control',
    'policy-strength',
    inGrant({ operator: 'AND', builtInControls: ['compliantdevice'], authenticationStrength: null }),
  ],
  ['a strength that nobody knows', 'policy-strength', inGrant({ authenticationStrength: { id: 'x' } })],
  [
    'a context of PIM that is not seen',
    'context-published',
    inGroup(group => Object.assign(group, { policy: { unseen: 'No.', remedy: 'Yes.' } })),
  ],
  ['a left-out group that is not seen', 'policy-scope', leavingOut({ unseen: 'No.', remedy: 'Yes.' })],
  ['a left-out group with many', 'policy-scope', leavingOut({ value: { ids: [ids.lena], isWhole: false } })],
  ['more left-out groups than are looked at', 'policy-scope', facts => Object.assign(facts, { leftOut: [] })],
  [
    'a left-out group, and people of a gate who are not seen',
    'policy-scope',
    inGroup(group => Object.assign(group, { eligible: { unseen: 'No.', remedy: 'Yes.' } })),
  ],
  ['no licence with a known name', 'licence', ({ plans }) => void list(plans).splice(0)],
]
