import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Span } from '../../entra/pim/standing.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AskingPim } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import type { Acts } from './acts.ts'
import { verdictOf } from './verdict.ts'

type Needs = AskingPim & { acts: Acts; ownPlan: Pick<OwnPlan, 'endsWith'> }

/**
 * Makes the function that takes back a person's extensions before they end access: an extension that begins later would
 * let them in again. `span` is the period that runs. A refusal of Microsoft's does not keep the person from ending, so
 * only silence (NoAnswer, Problem('entra-unreachable')) and Problem('redis-away') rise.
 */
export function createTakingBack({ clock, pim, asPerson, acts, ownPlan }: Needs) {
  const isToCome = ({ action, status, startsAt = 0 }: PimRequest) =>
    action === 'selfactivate' && verdictOf(status, 'granting') === 'done' && startsAt > clock().getTime()

  return async (who: Who, span: Span | undefined): Promise<void> => {
    const requests = await asPerson(who, token => pim.requests(token, 'principal'), 'act')
    let isShorter = false
    for (const { id: request } of requests.filter(isToCome)) {
      const cancelled = acts(who, { kind: 'cancellation', request }, () =>
        asPerson(who, token => pim.cancel(token, request), 'act').then(() => ({ verdict: 'done' })),
      )
      isShorter = (await cancelled.then(() => true, falseIfRefused)) || isShorter
    }
    if (isShorter && span) await ownPlan.endsWith(who, span)
  }
}

function falseIfRefused(thrown: unknown): false {
  if (thrown instanceof GraphRefusal) return false
  throw thrown
}
