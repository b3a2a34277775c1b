import { parse } from 'cookie'
import type { Request, Response } from 'express'
import type { OurCookies } from '../cookies.ts'
import { handleOf } from '../record/record.ts'
import type { Seal } from '../sealing/seal.ts'
import { signedId } from '../sealing/signed-id.ts'
import type { Removal } from '../stored/removal.ts'
import type { EndOf } from './end-of.ts'
import { type Records, sessionCookie } from './request-session.ts'
import type { WentOn, WentOnes } from './went-on.ts'

/**
 * Ends a request's session for good, in Redis first. Only when Redis has confirmed that, the cookie is cleared. Throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createEndOfRequest({
  records,
  cookies,
  seal,
  wentOnes,
  endOf,
  removal,
}: {
  records: Records
  cookies: OurCookies
  seal: Pick<Seal, 'signing'>
  wentOnes: WentOnes
  endOf: EndOf
  removal: Removal
}) {
  const cookieName = cookies.named(sessionCookie)

  /** The session that went on under an id that this browser has not heard of yet. */
  async function wentOn(request: Request): Promise<WentOn | undefined> {
    const id = signedId(parse(request.headers.cookie ?? '')[cookieName], seal.signing)
    return id === undefined ? undefined : wentOnes.find(id)
  }

  return async function end(request: Request, response: Response): Promise<void> {
    const { sessionID, session } = request
    const record = records.get(request) ?? session.record
    const left = record ? { identity: record.identity, lineage: handleOf(sessionID, record) } : await wentOn(request)
    if (left) await endOf.browser(left)
    // A session that only another release can read ends, too: the person who signs out means it.
    if (record || session.isUnread) await removal.destroy(sessionID, record?.identity)
    records.delete(request)
    response.clearCookie(cookieName, cookies.attributes)
  }
}
