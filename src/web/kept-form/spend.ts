import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { Problem } from '../../errors.ts'
import { personOf } from '../../gate/admission.ts'
import type { Drafts } from '../../session/drafts.ts'
import { keptIdIn } from './path.ts'

/**
 * A kept form is spent by the request that sends it, and by nothing before: behind the gate, just before the page acts.
 * A form that is sent twice counts once. Where the page comes to nothing, the form is given back.
 */
export function createSpending({ drafts }: { drafts: Drafts }) {
  const spentBy = new WeakMap<Request, { giveBack: () => Promise<void> }>()

  /** Throws Problem('form-sent') when the form was sent before, and Problem('redis-away'). */
  const spend: RequestHandler = async function spendKeptForm(request, _response, next) {
    const id = keptIdIn(request)
    if (id === undefined) return next()
    const spent = await drafts.spend({ person: personOf(request), path: request.path }, id)
    if (spent === 'sent-before') throw new Problem('form-sent')
    spentBy.set(request, spent)
    next()
  }

  /** For a page that came to nothing. A form that cannot be given back is lost: the person learns why the page failed instead. */
  async function giveBack(request: Request): Promise<void> {
    await spentBy
      .get(request)
      ?.giveBack()
      .catch(() => {})
  }

  const giveBackAndFail: ErrorRequestHandler = async function giveBackKeptForm(thrown, request, _response, next) {
    await giveBack(request)
    next(thrown)
  }

  return { spend, giveBack, giveBackAndFail }
}
