import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import type { Response } from 'express'

export const views = fileURLToPath(new URL('./views', import.meta.url))

/**
 * A page of the tenant as HTML. `title` is its h1 and its window title; with `refresh` the page opens that address by
 * itself.
 */
export function renderPage(
  view: string,
  model: { title: string; refresh?: string } & Record<string, unknown>,
): Promise<string> {
  return ejs.renderFile(`${views}/layout.ejs`, { view, model })
}

export async function sendPage(response: Response, ...page: Parameters<typeof renderPage>): Promise<void> {
  const html = await renderPage(...page)
  response.set({ 'Cache-Control': 'no-store', 'Content-Type': 'text/html; charset=utf-8' }).send(html)
}

/** A moment for programs and for people. */
export function moment(at: Date) {
  return { iso: at.toISOString(), text: `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` }
}
