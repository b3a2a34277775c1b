import type { Request, Response } from 'express'
import type { Sessions } from '../../session/sessions.ts'
import { endAfterForm } from '../sign-in/after-form.ts'
import type { AccessBar } from './access-bar.ts'
import type { Chrome } from './chrome.ts'
import type { NavItem } from './navigation.ts'
import type { OneTimeNotice } from './one-time-notice.ts'

/** A page as it is rendered. */
export type Shown = {
  chrome: Chrome
  person: { name: string; username: string } | undefined
  title: string
  /** The name of a view in views/pages. */
  page: string
  model: object
  nav?: readonly NavItem[]
  bar?: AccessBar | undefined
  /** The person is in, but the end is not known yet: the page's script asks for it, and shows the line with its acts or without. `gate` is as doors are given it. */
  endUnknown?: { acts: 'with-acts' | 'without-acts'; gate: string } | undefined
  /** How soon a browser without script asks for the page again, in seconds. */
  refreshSeconds?: number | undefined
  /** So does a browser with script. */
  refreshesAlways?: boolean
  /** The address that the browser goes on to at once, by itself. */
  goOnTo?: string | undefined
  /** What the page says once, above all else. */
  notice?: OneTimeNotice | undefined
  isWide?: boolean
}

/** Renders a page; every page of the house goes through here. The values are named one by one: EJS would read its options from a query, a form or claims. */
export function show(
  response: Response,
  {
    chrome,
    person,
    title,
    page,
    model,
    nav = [],
    bar,
    endUnknown,
    refreshSeconds,
    refreshesAlways = false,
    goOnTo,
    notice,
    isWide = false,
  }: Shown,
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
    refreshesAlways,
    goOnTo,
    notice,
    isWide,
    hasScript,
  })
}

/** The person whom the page's header names; undefined when nobody is signed in, or the session could not be loaded. */
export function someone(sessions: Pick<Sessions, 'recordOf'>, request: Request) {
  const identity = request.session && sessions.recordOf(request)?.identity
  return identity && { name: identity.name, username: identity.username }
}
