import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page, Window } from '../support/browser.ts'

const looks = {
  narrow: { width: 320, colorScheme: 'light', rules: [] },
  dark: { width: 1280, colorScheme: 'dark', rules: ['color-contrast'] },
  light: { width: 1280, colorScheme: 'light', rules: 'all' },
} as const
type Rules = (typeof looks)[keyof typeof looks]['rules']

let count = 0

/** How many complaints of a tab were told already. */
const known = new WeakMap<Page, number>()

/**
 * What is wrong with the page that is shown, whichever way it is looked at: what axe finds, what reaches over the edge,
 * what the browser complains of. SHOTS=folder keeps a picture of each look there.
 */
export async function faultsIn({ page, complaints }: Window, picture: string): Promise<string[]> {
  const faults: string[] = []
  for (const [look, { width, colorScheme, rules }] of Object.entries(looks)) {
    const shots = process.env.SHOTS
    // Of the dark ones every third is judged: they share their colours.
    if (look === 'dark' && !shots && count++ % 3 > 0) continue
    await page.setViewportSize({ width, height: 720 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    if (shots) await page.screenshot({ path: `${shots}/${picture}-${look}.png`, fullPage: true })
    faults.push(...(await violationsOn(page, rules)).map(violation => `${look}: ${violation}`))
    if ((await widthOf(page)) > width) faults.push(`${look}: reaches over the edge`)
  }
  if ((await page.locator('h1').count()) !== 1) faults.push('not one heading of the first rank')
  // The local tenant has no icon, and browsers ask for one.
  const complained = complaints().filter(line => !line.endsWith('/favicon.ico'))
  faults.push(...complained.slice(known.get(page) ?? 0))
  known.set(page, complained.length)
  return faults
}

export const widthOf = (page: Page): Promise<number> => page.locator('html').evaluate(html => html.scrollWidth)

/**
 * What axe finds on the page, by all its rules or by these: a line for each rule. Axe's own wrapper for browsers would load
 * twice as much code, and evaluate it in a slow way.
 */
export async function violationsOn(page: Page, rules: Rules): Promise<string[]> {
  if (rules.length === 0) return []
  // Half a megabyte: once for each document.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(`${axe};0`)
  const runOnly = rules === 'all' ? {} : { runOnly: { type: 'rule', values: rules } }
  const { violations } = await page.evaluate<Results>(
    `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...runOnly })})`,
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
}
type Results = { violations: { id: string; nodes: { html: string }[] }[] }
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
