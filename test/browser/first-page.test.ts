import { expect } from 'vitest'
import { openWindow, signInAs, testInBrowser } from '../support/browser.ts'
import { openSelfService } from '../support/self-service.ts'
import { faultsIn } from './looks.ts'
import { moving } from './person.ts'
import { withRefunds } from './refund-page.ts'

const test = testInBrowser(async () => {
  const { table } = await withRefunds()
  return openSelfService({ pages: table })
})

test('who stays on the first page, which came before Microsoft told the end, is warned of it all the same', async ({
  browser,
  house,
}) => {
  house.tenant.assign('guido', { minutes: 17, reason: 'Helps with the refunds of March' })
  await using guido = await openWindow(browser)
  const { page } = guido
  await moving(page, house).holdTime()
  await page.goto(`${house.baseUrl}/refunds/8841`)
  house.tenant.set({ slow: { graph: 1_500 } })
  await signInAs(page, 'guido')
  await page.getByLabel('Note').fill('half a sentence')
  const line = page.locator('.access-line')
  await line.getByText('Access on until').waitFor()
  expect(await line.innerText()).toMatch(/12:17 UTC\s+\(1[67] min\)/)
  house.tenant.set({ slow: {} })
  await page.clock.fastForward('03:00')
  expect(await line.innerText()).toMatch(/Access ends in 1\d min, at\s+12:17 UTC/)
  expect(await page.locator('[data-politely]').innerText()).toContain('Access ends in 15 minutes or less')
  expect(await page.getByLabel('Note').inputValue()).toBe('half a sentence')
  expect(await page.locator('.access-acts input[name=returnTo]').inputValue()).toBe('/refunds/8841')
  await page.clock.resume()
  expect(await faultsIn(guido, 'first-page')).toEqual([])
})

test('without script the first page has the line where Microsoft answers in time', async ({ browser, house }) => {
  house.tenant.assign('guido', { minutes: 60, reason: 'Helps with the refunds of March' })
  await using guido = await openWindow(browser, { javaScriptEnabled: false })
  await guido.page.goto(`${house.baseUrl}/refunds/8841`)
  await signInAs(guido.page, 'guido')
  await guido.page.locator('.access-line').getByText('Access on until').waitFor()
})
