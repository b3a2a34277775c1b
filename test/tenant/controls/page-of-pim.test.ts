import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../../infra/tenant/start.ts'
import { violationsOn } from '../../browser/looks.ts'
import { type Browser, openChromium, openWindow, type Page } from '../../support/browser.ts'

let browser: Browser
let tenant: Tenant
beforeAll(async () => {
  ;[browser, tenant] = await Promise.all([openChromium(), startTenant()])
})
beforeEach(() => {
  tenant.setPolicy({ approval: { approvers: ['lena', 'ada'] } })
  tenant.activate('ben', {
    minutes: 60,
    reason: 'quarterly-report-with-a-name-that-never-comes-to-an-end',
    ticket: 'CHG-1',
  })
})
afterEach(() => tenant.reset())
afterAll(async () => {
  await browser.close()
  await tenant.close()
})
const last = () => tenant.requests.at(-1)
const width = { viewport: { width: 320, height: 640 } }

async function opened(page: Page): Promise<Page> {
  await page.goto(`${tenant.origin}/pim`)
  return page
}

test('the administrator’s page fits on 320 pixels, and has nothing that axe objects to', async () => {
  await using window = await openWindow(browser, width)
  const page = await opened(window.page)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  expect(await violationsOn(page, 'all')).toEqual([])
})

test('a request is approved by keyboard alone, as the approver chosen', async () => {
  await using window = await openWindow(browser, width)
  const page = await opened(window.page)
  await page.getByLabel('Decide as').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  await page.keyboard.type('fine with me')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing.').waitFor()
  expect(last()).toMatchObject({ status: 'Provisioned', decision: { by: 'ada', comment: 'fine with me' } })
})

test('a request is denied', async () => {
  await using window = await openWindow(browser)
  const page = await opened(window.page)
  await page.getByRole('button', { name: 'Deny the request of Ben Okafor' }).click()
  await page.getByText('Nothing.').waitFor()
  expect(last()).toMatchObject({ status: 'Denied', decision: { by: 'lena' } })
})

test('the page of another group, with a role assigned, fits as well, and has nothing that axe objects to', async () => {
  tenant.roles.assign({ role: 'Payments.Operate', group: 'operators' })
  await using window = await openWindow(browser, width)
  const page = await opened(window.page)
  await page.getByRole('link', { name: 'Payments operators' }).click()
  await page.getByText('Payments.Operate: Payments operators').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  expect(await violationsOn(page, 'all')).toEqual([])
})

test('a role is assigned by its form, and taken away', async () => {
  await using window = await openWindow(browser)
  const page = await opened(window.page)
  await page.getByLabel('Role').selectOption('Payments.Audit')
  await page.getByLabel('Who holds it').selectOption({ label: 'Access auditors' })
  await page.getByRole('button', { name: 'Assign the role' }).click()
  await page.getByRole('button', { name: 'Take away Payments.Audit from Access auditors' }).click()
  await page.getByText('None is assigned.').waitFor()
  expect(tenant.roles.assigned()).toEqual([])
})

test('the policy is set with a form that shows what it is', async () => {
  await using window = await openWindow(browser)
  const page = await opened(window.page)
  await page.getByLabel('Longest time').fill('45')
  await page.getByLabel('A ticket').check()
  await page.getByRole('checkbox', { name: 'Ada Nakamura' }).uncheck()
  await page.getByRole('button', { name: 'Set the policy' }).click()
  await page.waitForLoadState()
  expect(await page.getByLabel('Longest time').inputValue()).toBe('45')
  expect(await page.getByLabel('A ticket').isChecked()).toBe(true)
  expect(await page.getByRole('checkbox', { name: 'Ada Nakamura' }).isChecked()).toBe(false)
})
