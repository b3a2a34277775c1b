import type { Request, Response } from 'express'
import type { Clock } from '../../clock.ts'
import type { Sessions } from '../../session/sessions.ts'
import { signInPath } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { instantOf } from '../shell/instant.ts'
import { show } from '../shell/layout.ts'
import type { Notice } from '../shell/notice.ts'

/**
 * Makes the function that tells a person, once, that an administrator ended their session, and why. Returns whether there
 * was anything to tell. Where Redis does not answer, the person signs in without it.
 */
export const createSayingFarewell =
  ({ clock, sessions, chrome }: { clock: Clock; sessions: Pick<Sessions, 'farewell'>; chrome: Chrome }) =>
  async (request: Request, response: Response, returnTo: string): Promise<boolean> => {
    const farewell = await sessions.farewell(request).catch(() => undefined)
    if (!farewell) return false
    const { by, reason, at } = farewell
    const title = 'An administrator ended your session'
    const detail = `${by} ended it at ${instantOf(new Date(at), clock()).absolute}: “${reason}”. You can sign in again if you may still come in.`
    const act = { label: 'Sign in again', href: signInPath(returnTo) }
    const model = { title, detail, act, returnTo, reference: response.locals.reference } satisfies Notice
    show(response, { chrome, person: undefined, title, page: 'notice', model })
    return true
  }
