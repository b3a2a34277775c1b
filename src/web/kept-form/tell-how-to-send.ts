import type { Request, Response } from 'express'
import type { Problem } from '../../errors.ts'
import type { Gates } from '../../gate/gates.ts'
import { draftLifeMs } from '../../session/drafts.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { ShowRefused } from '../access/show-refused.ts'
import type { Chrome } from '../shell/chrome.ts'
import { show } from '../shell/layout.ts'
import type { Navigation } from '../shell/navigation.ts'

/**
 * The obstacle that a form met: the gate wants an authentication context first, access is not on (any more), or Entra's
 * answer has just ended the session.
 */
export type Obstacle = 'check-missing' | 'access-off' | 'session-ended'

export type TellNeeds = { chrome: Chrome; navigation: Navigation; gates: Gates; showRefused: ShowRefused }

/** A form that is kept, and the address at which its sender finds it. */
type Kept = { obstacle: Obstacle; link: string; record: SessionRecord; problem: Problem }

/** Tells a person whose form was kept what they have to do before they can send it. */
export function createTellHowToSend({ chrome, navigation, gates, showRefused }: TellNeeds) {
  return async (request: Request, response: Response, kept: Kept): Promise<void> => {
    const { record, problem, link } = kept
    switch (kept.obstacle) {
      case 'check-missing':
        return checkFirst(response, kept)
      case 'access-off':
        return showRefused(request, response, { facts: problem.facts, record, returnTo: link })
      case 'session-ended':
        return signInFirst(response, link)
      default:
        throw new Error('no such obstacle', { cause: kept.obstacle satisfies never })
    }
  }

  function checkFirst(response: Response, { link, record }: Kept): void {
    const { name, username } = record.identity
    const model = { link, minutes, reference: response.locals.reference }
    const title = 'One more check, then send it'
    const nav = navigation({ isIn: gate => gates.isIn(record, gate) })
    response.status(403)
    show(response, { chrome, person: { name, username }, title, page: 'one-more-check', model, nav })
  }

  /** Nobody is signed in here any more. The link leads through signing in, and only the sender finds the form behind it. */
  function signInFirst(response: Response, link: string): void {
    const model = { link, minutes, reference: response.locals.reference }
    const title = 'Sign in, then send it'
    response.status(401)
    show(response, { chrome, person: undefined, title, page: 'sign-in-first', model })
  }
}

const minutes = draftLifeMs / 60_000
