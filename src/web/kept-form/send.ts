import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { Problem } from '../../errors.ts'
import { personOf } from '../../gate/guard.ts'
import type { Drafts } from '../../session/drafts.ts'
import { keptName } from './path.ts'

/** Which kept form this one was, as its address says; undefined for one that was never kept. */
export function keptIdIn({ query }: Request): string | undefined {
  const id = query[keptName]
  return typeof id === 'string' ? id : undefined
}

/**
 * A kept form is spent by the request that sends it, and by nothing before: behind the gate, just before the page acts.
 * Sent twice, it counts once. Where the page comes to nothing the form is kept on.
 */
export function createSendKept({ drafts }: { drafts: Drafts }) {
  const givingBack = new WeakMap<Request, () => Promise<void>>()

  const sending: RequestHandler = async function sendKept(request, _response, next) {
    const id = keptIdIn(request)
    if (id === undefined) return next()
    const spent = await drafts.spend({ person: personOf(request), path: request.path }, id)
    if (spent === 'sent-before') throw new Problem('form-sent')
    givingBack.set(request, spent.giveBack)
    next()
  }

  /** For a page that came to nothing. What cannot be given back is lost, but why it came to nothing is what counts. */
  async function keptOn(request: Request): Promise<void> {
    await givingBack
      .get(request)?.()
      .catch(() => {})
  }

  const orKept: ErrorRequestHandler = async function orKept(thrown, request, _response, next) {
    await keptOn(request)
    next(thrown)
  }

  return { sending, keptOn, orKept }
}
