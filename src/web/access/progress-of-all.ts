import type { Who } from '../../gate/asking/pim-token.ts'
import type { Progress } from '../../pim/answers.ts'
import type { SelfService } from '../../pim/self-service.ts'

/** Where turning on access stands at one gate. */
export type AtGate = { service: SelfService; progress: Progress }
/** Where it stands at each gate of a page, and the one that the page is about now. */
export type AtGates = { lead: AtGate; all: readonly AtGate[] }

/**
 * Where turning on access stands at each of several gates. The page is about one that goes on by itself, as long as there is
 * one, because a page with a form must not change under the hands of its reader. Access is on at all of them where the page
 * is about one at which it is on. Throws Problem('redis-away').
 */
export async function progressOfAll(
  services: readonly [SelfService, ...SelfService[]],
  who: Who,
  wanted?: string,
): Promise<AtGates> {
  const at = async (service: SelfService) => ({ service, progress: await service.access.progress(who, wanted) })
  const [first, ...others] = services
  const all = await Promise.all([at(first), ...others.map(at)] as const)
  const lead = all.reduce((one, other) => (rankOf(other) < rankOf(one) ? other : one))
  return { lead, all }
}

const rankOf = ({ progress }: AtGate): number => (isUnsent(progress) ? ranks.kept : ranks[progress.step])

/** Whether a wish is not sent, because a check is not finished. */
export const isUnsent = (progress: Progress): boolean => progress.step === 'none' && progress.isKept === true

const ranks: Record<Progress['step'] | 'kept', number> = {
  'sign-in': 0,
  asking: 1,
  accepted: 1,
  waiting: 2,
  kept: 3,
  refused: 4,
  denied: 4,
  lapsed: 4,
  cancelled: 4,
  none: 5,
  in: 6,
}

/** Whether access is not on here, and will not come on by itself. */
export const cameToNothing = ({ progress: { step } }: AtGate): boolean => ranks[step] > 2 && step !== 'in'
