import { expect } from 'vitest'
import { openWindow, type Page, signInAs, testInBrowser } from '../support/browser.ts'

const test = testInBrowser()

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()

/** The documents that a tab shows from now on, in their order. */
function shownFromNow(page: Page): string[] {
  const shown: string[] = []
  page.on('framenavigated', frame => void (frame === page.mainFrame() && shown.push(frame.url())))
  return shown
}

test('a member signs in by keyboard alone and is on the page first asked for', async ({ browser, house }) => {
  await using alice = await openWindow(browser)
  const { page } = alice
  await page.goto(`${house.baseUrl}/sessions?from=mail`)
  expect(page.url()).toContain(house.tenant.origin)
  // The first press reaches the list of people, where Space chooses; the next one the button for a password.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${house.baseUrl}/sessions?from=mail`)
  expect(await heading(page)).toBe('Your sessions')
  expect(await page.locator('.account-name').innerText()).toBe('Alice Lindqvist')
})

test('an outsider is refused at the address asked for, and told what to do next', async ({ browser, house }) => {
  await using oskar = await openWindow(browser)
  const { page } = oskar
  await page.goto(`${house.baseUrl}/reports/2026`)
  await signInAs(page, 'oskar')
  expect(page.url()).toBe(`${house.baseUrl}/reports/2026`)
  expect(await heading(page)).toBe('You do not have access right now')
  expect(await page.locator('main').innerText()).toMatch(
    /Payments administrators.*Oskar Brandt \(oskar@contoso\.example\)/,
  )
  expect(await page.getByRole('link', { name: 'Turn on access in Microsoft Entra' }).getAttribute('href')).toMatch(
    /^https:\/\/entra\.microsoft\.com\/.*aadgroup$/,
  )
  expect(await page.getByRole('button').allInnerTexts()).toEqual(['Sign out', 'Check again'])
})

test('someone who was given access is inside with one press of "Check again", and meets no page in between that stays', async ({
  browser,
  house,
}) => {
  await using guido = await openWindow(browser)
  const { page } = guido
  await page.goto(`${house.baseUrl}/sessions?of=mine`)
  await signInAs(page, 'guido')
  expect(await heading(page)).toBe('You do not have access right now')
  house.tenant.assign('guido', { minutes: 60, reason: 'Helps with the refunds of March' })
  const shown = shownFromNow(page)
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('heading', { name: 'Your sessions' }).waitFor()
  expect(shown).toEqual([`${house.baseUrl}/check-again`, `${house.baseUrl}/sessions?of=mine`])
})

test('"Check again" of someone who still has no access shows when it was checked', async ({ browser, house }) => {
  await using oskar = await openWindow(browser)
  const { page } = oskar
  await page.goto(house.baseUrl)
  await signInAs(page, 'oskar')
  const checkedAt = page.locator('.state time')
  const before = await checkedAt.getAttribute('datetime')
  house.clock.advance({ minutes: 2 })
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.locator(`.state time:not([datetime="${before}"])`).waitFor()
  expect(await page.locator('.state').innerText()).toContain('(just now)')
})

test('"Use another account" leads to the choice of accounts, and then to the page first asked for', async ({
  browser,
  house,
}) => {
  await using person = await openWindow(browser)
  const { page } = person
  await page.goto(`${house.baseUrl}/sessions`)
  await signInAs(page, 'oskar')
  await page.getByRole('link', { name: 'Use another account' }).click()
  await page.getByRole('group', { name: 'Who are you?' }).waitFor()
  await signInAs(page, 'alice')
  expect(page.url()).toBe(`${house.baseUrl}/sessions`)
  expect(await page.locator('.account-name').innerText()).toBe('Alice Lindqvist')
})

test('two tabs that sign in at once both arrive, each at its own page, and both stay in', async ({
  browser,
  house,
}) => {
  await using ada = await openWindow(browser)
  const first = ada.page
  const second = await ada.context.newPage()
  await first.goto(house.baseUrl)
  await second.goto(`${house.baseUrl}/sessions`)
  await Promise.all([signInAs(first, 'ada'), signInAs(second, 'ada')])
  await Promise.all([first.reload(), second.reload()])
  expect([await heading(first), await heading(second)]).toEqual(['Your access', 'Your sessions'])
})

test('going back over the sign-in and forward again leaves a member inside', async ({ browser, house }) => {
  await using alice = await openWindow(browser)
  const { page } = alice
  await page.goto(`${house.baseUrl}/sessions`)
  await signInAs(page, 'alice')
  await page.goBack()
  await page.goForward()
  expect(page.url()).toBe(`${house.baseUrl}/sessions`)
  expect(await heading(page)).toBe('Your sessions')
})

test('loading the way back from Microsoft once more leads a member where it led before', async ({ browser, house }) => {
  await using alice = await openWindow(browser)
  const { page } = alice
  const wayBack = page.waitForRequest(request => new URL(request.url()).pathname === '/auth/callback')
  await page.goto(`${house.baseUrl}/sessions`)
  await signInAs(page, 'alice')
  await page.goto((await wayBack).url())
  expect(page.url()).toBe(`${house.baseUrl}/sessions`)
  await page.reload()
  expect(await heading(page)).toBe('Your sessions')
})

test('a cancelled sign-in can be reloaded, and begun anew from its page', async ({ browser, house }) => {
  await using alice = await openWindow(browser)
  const { page } = alice
  await page.goto(house.baseUrl)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'You cancelled the sign-in' }).waitFor()
  await page.reload()
  expect(await heading(page)).toBe('This sign-in cannot be finished')
  await page.getByRole('link', { name: 'Sign in again' }).click()
  await signInAs(page, 'alice')
  expect(await heading(page)).toBe('Your access')
})

test('the whole visit works without script', async ({ browser, house }) => {
  await using ben = await openWindow(browser, { javaScriptEnabled: false })
  const { page } = ben
  await house.visitor('ben')
  await page.goto(`${house.baseUrl}/sessions`)
  await signInAs(page, 'ben')
  house.tenant.assign('ben', { minutes: 60, reason: 'Covers for Alice' })
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByText('You are signed in here and nowhere else.').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('group', { name: 'Who are you?' }).waitFor()
})
