import type { Who } from '../../gate/asking/pim-token.ts'
import type { Progress } from '../../pim/answers.ts'
import type { SelfService } from '../../pim/self-service.ts'

/**
 * Where turning on access stands at several gates: the progress of the first gate at which it is not on yet, or of the last
 * where it is on at all of them. Throws Problem('redis-away').
 */
export async function progressOfAll(
  services: readonly [SelfService, ...SelfService[]],
  who: Who,
  wanted?: string,
): Promise<{ service: SelfService; progress: Progress }> {
  let [service, ...others] = services
  let progress = await service.access.progress(who, wanted)
  for (const next of others) {
    if (progress.step !== 'in') break
    service = next
    progress = await service.access.progress(who, wanted)
  }
  return { service, progress }
}
