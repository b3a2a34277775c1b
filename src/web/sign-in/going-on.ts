import type { Request, Response } from 'express'
import type { Chrome } from '../shell/chrome.ts'
import { show } from '../shell/layout.ts'
import { isAfterForm } from './after-form.ts'

/**
 * Sends a browser to Entra: by a redirect, but after a form by a page that goes on by itself. Browsers apply a page's
 * `form-action` to every redirect that follows its forms, and nobody here knows where Entra redirects to (to a company's
 * own identity provider, say). The page that goes on takes no place in the browser's history.
 */
export function leaveFor(request: Request, response: Response, { url, chrome }: { url: URL; chrome: Chrome }): void {
  if (!isAfterForm(request)) return void response.redirect(302, url.href)
  const title = 'Going on to Microsoft'
  const goOnTo = url.href
  show(response, { chrome, person: undefined, title, page: 'going-on', model: { goOnTo }, goOnTo })
}
