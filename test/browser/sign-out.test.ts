import { describe, expect } from 'vitest'
import { openWindow, type Page, signInAs, testInBrowser } from '../support/browser.ts'

const gated = /Your access|Your sessions|Alice|alice@/

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
}

for (const { browserKeeps, keepsPages } of [
  { browserKeeps: 'files', keepsPages: false },
  { browserKeeps: 'whole pages', keepsPages: true },
]) {
  const test = testInBrowser({}, { keepsPages })

  describe(`in a browser that keeps ${browserKeeps} for the Back button`, () => {
    test('a page that anybody may see comes back as such a browser keeps it', async ({ browser, house }) => {
      await using window = await openWindow(browser)
      const { page } = window
      await page.addInitScript('addEventListener("pageshow", shown => { globalThis.isKept = shown.persisted })')
      await page.goto(`${house.tenant.origin}/pim`)
      await page.goto(`${house.baseUrl}/auth/signed-out`)
      // A page that was kept is not loaded again.
      await page.goBack({ waitUntil: 'commit' })
      await expect.poll(() => page.evaluate('isKept')).toBe(keepsPages)
    })

    test('after signing out through the tenant, neither one Back nor two show anything gated', async ({
      browser,
      house,
    }) => {
      await using alice = await openWindow(browser)
      const { page } = alice
      await page.goto(house.baseUrl)
      await signInAs(page, 'alice')
      await page.getByRole('link', { name: 'Your sessions', exact: true }).click()
      await page.getByRole('heading', { name: 'Your sessions' }).waitFor()
      await signOut(page)
      expect(page.url()).toBe(`${house.baseUrl}/auth/signed-out`)
      for (const _ of ['once', 'twice']) {
        await page.goBack()
        expect(page.url()).not.toContain(house.baseUrl)
        expect(await page.title()).not.toMatch(gated)
      }
    })

    test('after signing out in another tab, this one shows nothing gated any more', async ({ browser, house }) => {
      await using alice = await openWindow(browser)
      const { page } = alice
      await page.goto(house.baseUrl)
      await signInAs(page, 'alice')
      await page.goto(`${house.baseUrl}/sessions`)
      const other = await alice.context.newPage()
      await other.goto(house.baseUrl)
      await signOut(other)
      await page.goBack()
      expect(page.url()).not.toContain(house.baseUrl)
    })
  })
}

const test = testInBrowser({ frontChannel: true })

describe('where the tenant calls the house when people sign out', () => {
  test('signing out at the tenant ends the session here', async ({ browser, house }) => {
    await using alice = await openWindow(browser)
    const { page } = alice
    await page.goto(`${house.baseUrl}/sessions`)
    await signInAs(page, 'alice')
    const called = page.waitForResponse(answer => answer.url().includes('/auth/front-channel-logout'))
    await page.goto(`${house.tenant.origin}/${house.tenant.tenantId}/oauth2/v2.0/logout`)
    await page.getByRole('button', { name: 'Alice Lindqvist' }).click()
    expect((await called).status()).toBe(200)
    await page.goto(`${house.baseUrl}/sessions`)
    expect(page.url()).toContain(house.tenant.origin)
    expect(alice.complaints().filter(line => line.includes(house.baseUrl))).toEqual([])
  })

  test('signing out here still ends on our own page', async ({ browser, house }) => {
    await using ada = await openWindow(browser)
    const { page } = ada
    await page.goto(house.baseUrl)
    await signInAs(page, 'ada')
    await signOut(page)
    expect(page.url()).toBe(`${house.baseUrl}/auth/signed-out`)
  })
})
