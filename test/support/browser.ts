import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import type { House } from './house.ts'
import { type Opening, testIn } from './test-in.ts'
import type { Visitor } from './visitor.ts'

export type { Browser, Page }
export type Window = Awaited<ReturnType<typeof openWindow>>

/**
 * A real Chromium, headless and without traffic of its own: `await using browser = await openChromium()`, or once for
 * a file with `testInBrowser`. `keepsPages` lets it keep whole pages for the Back button, as people's browsers do; the
 * headless shell cannot do that, and costs much less.
 */
export const openChromium = ({ keepsPages = false } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: inject(keepsPages ? 'chromium' : 'chromiumShell'),
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ...(keepsPages && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
  })

/** `test` for a file whose tests share one house and one Chromium, as `house` and `browser` in their context. */
export const testInBrowser = <H extends House = House>(opening: Opening<H> = {}, wish: { keepsPages?: boolean } = {}) =>
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads in the pattern what a fixture needs; a browser needs nothing.
  testIn(opening).extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await openChromium(wish)
    onCleanup(() => browser.close())
    return browser
  })

/**
 * A person's browser, with cookies of its own and one tab open: `await using alice = await openWindow(browser)`.
 * The options are Playwright's: viewport, colorScheme, javaScriptEnabled and so on.
 */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(10_000)
  const documents = new Set<string>()
  const said: { text: string; about: string }[] = []
  context.on('response', answer => {
    if (answer.request().resourceType() === 'document') documents.add(withoutHash(answer.url()))
  })
  context.on('console', message => {
    if (['error', 'warning'].includes(message.type()))
      said.push({ text: message.text(), about: message.location().url })
  })
  context.on('weberror', error => void said.push({ text: String(error.error()), about: '' }))
  return {
    context,
    page: await context.newPage(),
    /** What the browser complained about: script errors, a violated policy, files that did not load. Not: a page's own status. */
    complaints: () => said.filter(line => !isStatusOf(line, documents)).map(({ text, about }) => `${text} ${about}`),
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Gives a window the session of a visitor who is signed in already: quicker than the tenant's page, where signing in is not the point. */
export async function continueAs({ context }: Window, visitor: Visitor, baseUrl: string): Promise<void> {
  await context.addCookies([...visitor.cookies()].map(([name, value]) => ({ name, value, url: baseUrl })))
}

const isStatusOf = ({ text, about }: { text: string; about: string }, documents: ReadonlySet<string>) =>
  text.startsWith('Failed to load resource: the server responded') && documents.has(withoutHash(about))
const withoutHash = (url: string) => url.split('#')[0] ?? ''

/** Answers the local tenant's sign-in page, and ends on the page that it leads to. */
export async function signInAs(page: Page, key: string, { method = 'password' as 'password' | 'passkey' } = {}) {
  const asked = page.url()
  await page.locator(`input[name=person][value=${key}]`).check()
  await page.getByRole('button', { name: `Sign in with a ${method}` }).click()
  await page.waitForURL(url => url.href !== asked)
}
