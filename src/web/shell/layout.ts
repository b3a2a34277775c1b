import type { Request, Response } from 'express'
import type { Sessions } from '../../session/sessions.ts'
import { endAfterForm } from '../sign-in/after-form.ts'
import type { AccessBar } from './access-bar.ts'
import type { Chrome } from './chrome.ts'
import type { NavItem } from './navigation.ts'

export type Shown = {
  chrome: Chrome
  person: { name: string; username: string } | undefined
  title: string
  page: string
  model: object
  nav?: readonly NavItem[]
  bar?: AccessBar | undefined
  /** Whoever sees this page is in, and until when is not known yet: its script asks, and shows the line with its acts or without. */
  endUnknown?: 'with-acts' | 'without-acts' | undefined
  /** How soon a browser without script asks for the page again. */
  refreshSeconds?: number | undefined
  /** Where the browser goes on to at once, by itself. */
  goOnTo?: string | undefined
}

/** The only way a page is rendered: named values, none of them a query, a form or a set of claims. */
export function show(
  response: Response,
  { chrome, person, title, page, model, nav = [], bar, endUnknown, refreshSeconds, goOnTo }: Shown,
): void {
  endAfterForm(response)
  const hasScript = bar?.until !== undefined || (person !== undefined && chrome.selfService)
  response.render('layout', {
    chrome,
    person,
    title,
    page,
    model,
    nav,
    bar,
    endUnknown,
    refreshSeconds,
    goOnTo,
    hasScript,
  })
}

/** Whom the page's header names; nobody when the session could not be loaded. */
export function someone(sessions: Pick<Sessions, 'recordOf'>, request: Request) {
  const identity = request.session && sessions.recordOf(request)?.identity
  return identity && { name: identity.name, username: identity.username }
}
