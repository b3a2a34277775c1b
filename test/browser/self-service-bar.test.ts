import { describe, expect } from 'vitest'
import { type Browser, continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { askedOf, openSelfService, someoneIn } from '../support/self-service.ts'
import { moving, secondsUntil, tabTo } from './person.ts'
import { withRefunds } from './refund-page.ts'

const test = testInBrowser(async () => {
  const { table } = await withRefunds()
  return openSelfService({ pages: table })
})
test.beforeAll(async ({ house }) => {
  house.tenant.setPolicy({ context: false })
})

type Ben = Window & ReturnType<typeof moving>
/** Ben at a page, with his access on for so many minutes more and one second; both clocks stand. */
async function benWithMinutesLeft(
  browser: Browser,
  house: House,
  minutes: number,
  { path = '/refunds/8841', script = true } = {},
): Promise<Ben> {
  const visitor = await someoneIn(house)
  const end = askedOf(house).at(-1)?.until?.getTime() ?? 0
  house.clock.set(new Date(end - minutes * 60_000 - 1_000).toISOString())
  const window = await openWindow(browser, { javaScriptEnabled: script })
  await continueAs(window, visitor, house.baseUrl)
  const ben = { ...window, ...moving(window.page, house) }
  if (script) await ben.holdTime()
  await window.page.goto(`${house.baseUrl}${path}`)
  return ben
}
const over = async (house: House, ben: Ben) => {
  await ben[Symbol.asyncDispose]()
  house.tenant.set({ extension: 'accepted' })
  house.clock.advance({ hours: 3 })
}
const bar = ({ page }: Ben) => page.getByRole('region', { name: 'Access' })
const note = ({ page }: Ben) => page.getByLabel('Note')

/** Collects, from now on, each text that a live region of the page gets: that is what a screen reader says. */
async function listen({ page }: Ben): Promise<() => Promise<string[]>> {
  await page.evaluate(`
    globalThis.heard = []
    const hear = changes => {
      for (const { target } of changes) {
        const region = target.parentElement?.closest('[role=status],[role=alert]') ?? target.closest?.('[role=status],[role=alert]')
        if (region?.textContent) heard.push(region.getAttribute('role') + ': ' + region.textContent)
      }
    }
    new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true })`)
  return () => page.evaluate('heard.splice(0)')
}

describe('a page that is open while the time runs out', () => {
  let ben: Ben
  let heard: () => Promise<string[]>
  test.beforeAll(async ({ browser, house }) => {
    ben = await benWithMinutesLeft(browser, house, 15)
    heard = await listen(ben)
    await note(ben).pressSequentially('The customer of refund')
  })
  test.afterAll(({ house }) => over(house, ben))

  test('tells screen readers of the last 15 minutes, once and politely', async () => {
    await ben.pass(3)
    expect(await heard()).toEqual([
      expect.stringMatching(/^status: Access ends in 15 minutes or less, at \d\d:\d\d UTC\.$/),
    ])
    await ben.sleep(240)
    await ben.pass(3)
    expect(await heard()).toEqual([])
  })
  test('shows the minutes in its title', async () => {
    expect(await ben.page.title()).toBe('(10 min) Refund 8841 · Gatehouse')
  })
  test('tells of the last five minutes, once and politely, and that it can be extended', async () => {
    await ben.sleep(355)
    await ben.pass(3)
    expect(await heard()).toEqual([
      expect.stringMatching(/^status: Access ends in 5 minutes or less,.* You can extend it/),
    ])
    expect(await bar(ben).innerText()).toContain('What you type on this page is kept if access ends.')
  })
  test('tells of the last minute, once and at once', async () => {
    await ben.sleep(236)
    await ben.pass(3)
    expect(await heard()).toEqual([expect.stringMatching(/^alert: Access ends in less than a minute, at/)])
    expect(await ben.page.title()).toBe('(<1 min) Refund 8841 · Gatehouse')
  })
  test('leaves the focus in the field and the text in it, through all of that', async () => {
    await ben.page.keyboard.type(' 8841')
    expect(await ben.page.evaluate('document.activeElement.id')).toBe('note')
    expect(await note(ben).inputValue()).toBe('The customer of refund 8841')
  })
  test('says nothing of it again after a reload, nor does the next page', async ({ house }) => {
    for (const path of ['/refunds/8841', '/sessions']) {
      await ben.page.goto(`${house.baseUrl}${path}`)
      const heardThere = await listen(ben)
      await ben.pass(2)
      expect(await heardThere()).toEqual([])
      expect(await bar(ben).getByRole('alert').innerText()).toBe('')
    }
  })
  test('when it has ended says so where it is, and keeps what was typed', async ({ house }) => {
    await ben.page.goto(`${house.baseUrl}/refunds/8841`)
    const heardHere = await listen(ben)
    await note(ben).fill('Half of a sent')
    await ben.sleep(60)
    await bar(ben).getByText('Access ran out at', { exact: true }).waitFor()
    expect(await bar(ben).innerText()).toMatch(
      /What you typed on this page stays here. Turn it on again \(opens in a new tab\)/,
    )
    expect([await note(ben).inputValue(), await ben.page.evaluate('document.activeElement.id')]).toEqual([
      'Half of a sent',
      'note',
    ])
    expect(await ben.page.title()).toBe('Refund 8841 · Gatehouse')
    expect((await heardHere()).filter(text => text.includes('ran out'))).toHaveLength(1)
  })
  test('breaks no rule of its own', () => {
    expect(ben.complaints()).toEqual([])
  })
})

describe('Extend', () => {
  let ben: Ben
  test.beforeEach(async ({ browser, house }) => {
    ben = await benWithMinutesLeft(browser, house, 4)
  })
  test.afterEach(({ house }) => over(house, ben))
  const extend = () => bar(ben).getByRole('button', { name: 'Extend by 30 min' })

  test('keeps what is typed on the page, by mouse or by keyboard, and says until when', async () => {
    const heard = await listen(ben)
    await note(ben).fill('Half of a sent')
    await tabTo(ben.page, 'Extend by 30 min', 'Shift+Tab')
    await ben.page.keyboard.press('Enter')
    await bar(ben).getByText('Extended: access is on until').waitFor()
    expect(await note(ben).inputValue()).toBe('Half of a sent')
    expect(await bar(ben).innerText()).toContain('(34 min)')
    expect(await ben.page.title()).toBe('Refund 8841 · Gatehouse')
    expect((await heard()).filter(text => text.includes('Extended')).length).toBe(1)
    expect(await ben.page.locator(':focus').innerText()).toBe('Extend by 30 min')
  })
  test('of a page where nothing is typed comes back to that page, with the new end', async ({ house }) => {
    await extend().click()
    await bar(ben).getByText('(34 min)').waitFor()
    expect(ben.page.url()).toBe(`${house.baseUrl}/refunds/8841`)
  })
  test('that Microsoft does not take keeps what is typed, and says where to go on', async ({ house }) => {
    house.tenant.set({ extension: 'refused' })
    await note(ben).fill('Half of a sent')
    await extend().click()
    await bar(ben).getByText('Not extended.').waitFor()
    expect(await bar(ben).innerText()).not.toMatch(/\{|undefined|RoleAssignment/)
    expect(await bar(ben).getByRole('link', { name: 'My access (opens in a new tab)' }).isVisible()).toBe(true)
    expect(await note(ben).inputValue()).toBe('Half of a sent')
  })
  test('in another tab is noticed by this one when the old end comes', async ({ house }) => {
    const other = await ben.context.newPage()
    await other.goto(`${house.baseUrl}/sessions`)
    await other.getByRole('button', { name: 'Extend by 30 min' }).click()
    await other.getByText('(34 min)').waitFor()
    await note(ben).fill('Half of a sent')
    await ben.sleep(242)
    await bar(ben)
      .getByText(/\(\d\d min\)/)
      .waitFor()
    expect(await note(ben).inputValue()).toBe('Half of a sent')
    expect(await bar(ben).innerText()).not.toContain('ran out')
  })
})

describe('without script', () => {
  test('the line says the same, and extending is one press', async ({ browser, house }) => {
    const ben = await benWithMinutesLeft(browser, house, 4, { script: false })
    expect(await bar(ben).innerText()).toMatch(/Access ends in 4 min, at/)
    await bar(ben).getByRole('button', { name: 'Extend by 30 min' }).click()
    await bar(ben).getByText('(34 min)').waitFor()
    expect(ben.page.url()).toBe(`${house.baseUrl}/refunds/8841`)
    await over(house, ben)
  })
})

describe('End now', () => {
  test('waits for the five minutes of Microsoft, says so, and opens up when they are over', async ({
    browser,
    house,
  }) => {
    const ben = await benWithMinutesLeft(browser, house, 59)
    const tooSoon = bar(ben).getByRole('button', { name: 'End now' })
    expect(await tooSoon.getAttribute('aria-disabled')).toBe('true')
    await tooSoon.click({ force: true })
    expect(await bar(ben).innerText()).toMatch(/Microsoft allows ending after \d\d:\d\d UTC/)
    await ben.sleep(250)
    await bar(ben).getByRole('link', { name: 'End now' }).waitFor()
    expect(await tooSoon.isVisible()).toBe(false)
    await over(house, ben)
  })
  test('is one press and one confirmation, after which the gate is closed and the person still signed in', async ({
    browser,
    house,
  }) => {
    const ben = await benWithMinutesLeft(browser, house, 40)
    await bar(ben).getByRole('link', { name: 'End now' }).click()
    await ben.page.getByRole('button', { name: 'End access now' }).click()
    await ben.page.getByText('No access is on. That is how it should be.').waitFor()
    expect(await ben.page.locator('.account-name').innerText()).toBe('Ben Okafor')
    await ben.page.goto(`${house.baseUrl}/sessions`)
    expect(await ben.page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^You ended access at \d\d:\d\d UTC$/)
    await over(house, ben)
  })
})

test('turning on again in a second tab lets a page that was left open go on', async ({ browser, house }) => {
  const ben = await benWithMinutesLeft(browser, house, 1)
  await note(ben).fill('Half of a sent')
  await ben.sleep(65)
  const [again] = await Promise.all([
    ben.context.waitForEvent('page'),
    bar(ben)
      .getByRole('link', { name: /Turn it on again/ })
      .click(),
  ])
  await again.getByLabel('Reason').fill('Refund 8841, the other half of it')
  await again.getByRole('button', { name: 'Turn on access' }).click()
  await again.waitForURL(`${house.baseUrl}/**`)
  await secondsUntil({ page: again, ...moving(again, house) }, '/')
  await ben.page.getByRole('button', { name: 'Refund' }).click()
  await ben.page.waitForURL(`${house.baseUrl}/refunds/8841`)
  expect(await ben.page.getByRole('heading', { level: 1 }).innerText()).toBe('Refund 8841')
  await over(house, ben)
})
