import { afterAll, describe, expect } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { continueAs, openWindow, testInBrowser, type Window } from '../../support/browser.ts'
import { openHouse } from '../../support/house.ts'
import { afternoon, october } from '../../web/administration/report/october.ts'
import { trailInMemory } from '../../web/administration/report/trail-in-memory.ts'
import { faultsIn, widthOf } from '../looks.ts'

let window: Window
const test = testInBrowser(() =>
  openHouse({
    now: afternoon,
    settings: { ADMIN_GROUP_ID: managedGroups.administrators, AUDITOR_GROUP_ID: managedGroups.auditors },
  }),
)

test.beforeAll(async ({ browser, house }) => {
  const { read, size, seqAt } = trailInMemory(october)
  Object.assign(house.services.ledger, { read, size, seqAt })
  house.tenant.assign('oskar', { minutes: 60, reason: 'The yearly audit', group: 'auditors' })
  window = await openWindow(browser)
  await continueAs(window, await house.visitor('oskar'), house.baseUrl)
})
afterAll(() => window[Symbol.asyncDispose]())

const pages: [picture: string, path: string][] = [
  ['timeline-day', '/timeline?at=2026-10-20T09:30'],
  ['timeline-month', '/timeline?view=month&gate=members'],
  ['timeline-empty', '/timeline?person=nobody'],
  ['report', '/trail/report?hours=10'],
  ['report-wrong', '/trail/report?period=yesterday&kind=denied'],
]

describe('the timeline and the report are without a fault, whichever way one looks', () => {
  test.for(pages)('%s', async ([picture, path], { house }) => {
    const { page } = window
    await page.goto(house.baseUrl + path)
    expect(await faultsIn(window, picture)).toEqual([])
    await page.setViewportSize({ width: 360, height: 720 })
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${picture}-360.png`, fullPage: true })
    expect(await widthOf(page)).toBe(360)
  })
})

test('who was in is asked, and a bar leads to its record, without script', async ({ browser, house }) => {
  await using plain = await openWindow(browser, { javaScriptEnabled: false })
  await continueAs(plain, await house.visitor('oskar'), house.baseUrl)
  await plain.page.goto(`${house.baseUrl}/timeline`)
  await plain.page.getByLabel('Who was in at (UTC)').fill('2026-10-20T09:30')
  await plain.page.getByRole('button', { name: 'Show' }).click()
  expect(await plain.page.getByRole('heading', { name: 'In at' }).textContent()).toContain('09:30 UTC: 3 people')
  await plain.page.locator('.lanes .left').first().click()
  expect(new URL(plain.page.url()).pathname).toMatch(/^\/trail\/\d+$/)
})
