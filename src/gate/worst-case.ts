import type { GateSettings } from '../config/gates.ts'
import type { Config } from '../config/load.ts'

/** A replica asks no longer than this (s), and learns of another replica's roster within this (s). */
const askingSeconds = 6
const sharingSeconds = 1

/**
 * How long (s) after a removal a person may still be inside: while Entra answers, and whatever fails. A known end is
 * kept to the second in either case. A gate without a group has no roster.
 */
export function worstCaseSeconds(
  { recheckMs, graceMs, roster, rosterMs }: Config['membership'],
  { groupId }: Pick<GateSettings, 'groupId'>,
): { whileAnswered: number; whateverFails: number } {
  const recheck = recheckMs / 1000
  return {
    whileAnswered:
      roster && groupId !== undefined ? Math.min(recheck, rosterMs / 1000 + sharingSeconds + askingSeconds) : recheck,
    whateverFails: recheck + graceMs / 1000,
  }
}
