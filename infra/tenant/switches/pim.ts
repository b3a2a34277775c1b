import * as z from 'zod'
import { seconds } from './parts.ts'

/** The switches of how PIM answers, where Microsoft leaves it open or where it may be in a bad way. */
export const pimSwitches = {
  /** Whether an activation may be asked for that begins when the present one ends. */
  extension: z.enum(['accepted', 'refused']),
  /** The status of an activation that begins later. */
  futureStatus: z.enum(['Granted', 'ScheduleCreated']),
  /** The status that the next activation is answered with. It takes effect only if `provisioningSeconds` say when. */
  forcedStatus: z.string().min(1).optional(),
  /** An activation waits so long as PendingProvisioning before it begins. */
  provisioningSeconds: seconds,
  /** An extended person is missing from tokens and members for so long after the first activation ended. */
  seamGapSeconds: seconds,
  /** A deactivation ends what runs, or what is scheduled to follow as well. */
  deactivationEnds: z.enum(['running', 'all']),
  policyFailureStyle: z.enum(['list', 'worded']),
  /** How a deactivation in the first five minutes fails: a 400, or a 201 with the status Failed. */
  tooShortAs: z.enum(['error', 'failed']),
  /** Only tokens of apps that declared `cp1` satisfy an authentication context. */
  demandsCp1: z.boolean(),
  /** The demand for an authentication context comes back whatever the token carries. */
  acrsNeverEnough: z.boolean(),
  /** The address at which decisions are taken; the other one is unknown. */
  approvalPath: z.enum(['stages', 'steps', 'both']),
  /** Whether an approval carries its stages always, only when expanded, or never: then they have an address. */
  approvalStages: z.enum(['always', 'expanded', 'separate']),
  approverSpelling: z.enum(['userId', 'id']),
  /** The ids of policies change whenever they are listed. */
  policyIdsChange: z.boolean(),
  /** Whether what was asked of PIM may be read with the permission to read, or only with that to write. */
  requestReaders: z.enum(['readers', 'writers']),
  policyReaders: z.enum(['everyone', 'administrators']),
  /** Who is named, beside the id: those who decided, those who asked too, or nobody. */
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
    policyIdsChange: false,
    requestReaders: 'readers' as const,
    policyReaders: 'everyone' as const,
    identityNames: 'reviewers' as const,
  }
}
