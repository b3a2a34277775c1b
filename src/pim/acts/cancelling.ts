import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Log } from '../../observability.ts'
import type { AskingPim } from '../reading/as-person.ts'
import { patient, whilePageWaits } from '../reading/patience.ts'
import { unansweredAsProblem } from '../refusals/from-graph.ts'
import type { Activation } from '../wish/activation.ts'
import type { Activations } from '../wish/activations.ts'
import type { Look } from '../wish/looking.ts'
import { pendingIn } from '../wish/waiting.ts'
import type { Acts } from './acts.ts'
import type { FindOut } from './finding.ts'

type Needs = Omit<AskingPim, 'clock'> & { acts: Acts; activations: Activations; look: Look; findOut: FindOut; log: Log }

/**
 * Makes the function that takes back a person's request that waits for approval: the request of their wish here, or one
 * that they made in the portal. Throws Problem('graph-silent') and Problem('graph-refused') when Microsoft does not say
 * which request waits, and Problem('redis-away').
 */
export function createCancelling({ pim, asPerson, acts, activations, look, findOut, log }: Needs) {
  return async function cancel(who: Who): Promise<void> {
    await findOut(who)
    const known = await activations.read(who)
    const waiting = known?.stage === 'waiting' ? known : undefined
    const request = waiting?.request ?? (await asPerson(who, pendingAt).catch(unansweredAsProblem))
    if (!request) return
    const work = acts(
      who,
      { kind: 'cancellation', request },
      () => asPerson(patient(who), token => pim.cancel(token, request), 'act').then(() => ({ verdict: 'done' })),
      async () => {
        if (waiting) await activations.change(who, waiting.id, cancelled)
      },
    ).catch(async (thrown: unknown) => {
      if (thrown instanceof Problem) throw thrown
      // Somebody has decided by now, or Microsoft did not answer: the result is read, not guessed.
      log.info({ event: 'cancel-refused', oid: who.identity.objectId, error: thrown })
      if (waiting) await look(who, waiting).catch(() => {})
    })
    await whilePageWaits(who, work, () => undefined)
  }

  async function pendingAt(token: string): Promise<string | undefined> {
    return pendingIn(await pim.requests(token, 'principal', { status: 'PendingApproval' }))?.id
  }
}

const cancelled = (found: Activation): Activation => ({
  ...found,
  stage: 'over',
  status: 'canceled',
  ending: { code: 'cancelled' },
})
