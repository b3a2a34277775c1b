import * as z from 'zod'
import { seconds } from './parts.ts'

/** The switches of PIM's behaviour where Microsoft's documents leave it open, and of PIM's faults. */
export const pimSwitches = {
  /** Whether PIM takes an activation that begins when the present one ends. */
  extension: z.enum(['accepted', 'refused']),
  /** The status of an activation that begins later. */
  futureStatus: z.enum(['Granted', 'ScheduleCreated']),
  /**
   * The status of the answer to the next activation, or to an administrator's next order, which then changes nothing. It changes to the final one only if `provisioningSeconds` says
   * when.
   */
  forcedStatus: z.string().min(1).optional(),
  /** How long an activation stays PendingProvisioning before it begins. */
  provisioningSeconds: seconds,
  /** How long after the first activation's end an extended person is missing from tokens and members. */
  seamGapSeconds: seconds,
  /** Whether a deactivation ends only the activation in force, or the scheduled one as well. */
  deactivationEnds: z.enum(['running', 'all']),
  policyFailureStyle: z.enum(['list', 'worded']),
  /** How a deactivation in the first five minutes fails: a 400, or a 201 with the status Failed. */
  tooShortAs: z.enum(['error', 'failed']),
  /** Only tokens of apps that declared `cp1` satisfy an authentication context. */
  demandsCp1: z.boolean(),
  /** Whether PIM demands an authentication context whatever the token carries. */
  acrsNeverEnough: z.boolean(),
  /** The address that takes decisions; the other address is unknown. */
  approvalPath: z.enum(['stages', 'steps', 'both']),
  /** Whether an approval carries its stages always, only when expanded, or never: then they have an address. */
  approvalStages: z.enum(['always', 'expanded', 'separate']),
  approverSpelling: z.enum(['userId', 'id']),
  /**
   * Whether PIM takes requests and rules for a group in a restricted administrative unit. Microsoft says that PIM cannot
   * manage such a group, and not how it refuses.
   */
  pimInRestrictedUnits: z.enum(['refused', 'accepted']),
  /** The ids of policies change whenever they are listed. */
  policyIdsChange: z.boolean(),
  /** Whether the permission to read is enough to read requests, or only the permission to write. */
  requestReaders: z.enum(['readers', 'writers']),
  policyReaders: z.enum(['everyone', 'administrators']),
  /** The people whom answers name beside their id: those who decided, those who asked too, or nobody. */
  identityNames: z.enum(['reviewers', 'all', 'none']),
}

export function defaultPimSwitches() {
  return {
    extension: 'accepted' as const,
    futureStatus: 'Granted' as const,
    provisioningSeconds: 0,
    seamGapSeconds: 0,
    deactivationEnds: 'running' as const,
    policyFailureStyle: 'list' as const,
    tooShortAs: 'error' as const,
    demandsCp1: false,
    acrsNeverEnough: false,
    approvalPath: 'both' as const,
    approvalStages: 'expanded' as const,
    approverSpelling: 'userId' as const,
    pimInRestrictedUnits: 'refused' as const,
    policyIdsChange: false,
    requestReaders: 'readers' as const,
    policyReaders: 'everyone' as const,
    identityNames: 'reviewers' as const,
  }
}
