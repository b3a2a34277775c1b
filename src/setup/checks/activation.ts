import type { SetupCheck } from '../check.ts'
import type { ExpectedTenant } from '../expected.ts'
import { contextOf, demandsOf, longestActivation } from '../facts/activation-rules.ts'
import { see } from '../facts/fact.ts'
import type { SetupFacts } from '../facts/facts.ts'
import type { GroupOfGate } from '../facts/gate.ts'
import type { MemberPolicy } from '../facts/pim.ts'
import type { Judged } from '../finding.ts'
import { judgeEach, type SetupFault } from '../judging.ts'
import { groupOf } from './groups.ts'

const usualHours = 8
const inSettings = 'in PIM, Groups, the group, Settings, Member'

type Asked = { policy: MemberPolicy; facts: GroupOfGate }

/** A check of each group's settings for turning on access. */
const forEachGroup =
  (faultOf: (asked: Asked, expected: ExpectedTenant) => SetupFault | undefined, well: string) =>
  ({ gates }: SetupFacts, expected: ExpectedTenant): Judged =>
    judgeEach(gates, facts => faultOf({ policy: see(facts.policy), facts }, expected), well)

/** Checks of what turning on access takes. */
export const activationChecks: readonly SetupCheck[] = [
  {
    name: 'activation-context',
    why: 'Without an authentication context, whoever sits at an open browser can turn on access: nothing proves who it is.',
    judge: forEachGroup(({ policy, facts }) => {
      const { activationContext } = facts.gate
      const context = contextOf(policy)
      if (activationContext === undefined ? context : context === activationContext) return undefined
      const has = context ? `demands the context ${context}` : 'demands no authentication context'
      const wanted = activationContext ?? 'an authentication context'
      return {
        what: `${groupOf(facts)} ${has} for turning on access.`,
        fix: `Require ${wanted} on activation ${inSettings}.`,
      }
    }, 'Turning on access demands an authentication context at every group.'),
  },
  {
    name: 'activation-length',
    why: 'The longer access stays on, the longer a stolen session is worth something.',
    judge: forEachGroup(({ policy, facts }) => {
      const hours = facts.gate.activationHours ?? usualHours
      const longest = longestActivation(policy)
      if (longest !== 'unlimited' && longest <= hours * 60) return undefined
      const has = longest === 'unlimited' ? 'without an end' : `for ${longest / 60} hours`
      return {
        what: `${groupOf(facts)} lets people turn on access ${has}.`,
        fix: `Set the activation maximum duration to ${hours} hours ${inSettings}.`,
      }
    }, 'Access stays on no longer than it should at every group.'),
  },
  {
    name: 'activation-justification',
    why: 'A reason is what a reviewer reads later. Without one, nobody knows why access was on.',
    judge: forEachGroup(({ policy, facts }) => {
      if (facts.gate.justification === false || demandsOf(policy).includes('justification')) return undefined
      return {
        what: `${groupOf(facts)} takes no justification for turning on access.`,
        fix: `Require justification on activation ${inSettings}.`,
      }
    }, 'Turning on access takes a justification at every group.'),
  },
  {
    name: 'activation-mfa-conflict',
    why: 'Multifactor authentication and an authentication context exclude each other: PIM then takes either, and refuses the next change.',
    judge: forEachGroup(({ policy, facts }) => {
      if (!contextOf(policy) || !demandsOf(policy).includes('multifactorauthentication')) return undefined
      return {
        what: `${groupOf(facts)} demands multifactor authentication beside an authentication context.`,
        fix: `Turn off Azure MFA on activation and keep the authentication context ${inSettings}.`,
      }
    }, 'No group demands multifactor authentication beside an authentication context.'),
  },
]
