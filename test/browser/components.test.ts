import { afterAll, describe, expect } from 'vitest'
import { managedGroups, managedNames } from '../../infra/tenant/directory/managed.ts'
import { pages } from '../../src/pages.ts'
import { continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import { openHouse } from '../support/house.ts'
import { componentsPages, now, said } from './components-page.ts'
import { faultsIn, widthOf } from './looks.ts'

let window: Window
const test = testInBrowser(async () =>
  openHouse({
    now: now.toISOString(),
    pages: [...pages, ...(await componentsPages())],
    settings: {
      PIM_SELF_SERVICE: 'on',
      AUDITOR_GROUP_ID: managedGroups.auditors,
      AUDITOR_GROUP_NAME: managedNames.auditors,
    },
  }),
)
test.beforeAll(async ({ browser, house }) => {
  house.tenant.assign('alice', { minutes: 600, reason: 'Reviews access', group: 'auditors' })
  window = await openWindow(browser)
  const alice = await house.visitor('alice')
  await alice.get('/components/people')
  await continueAs(window, alice, house.baseUrl)
})
afterAll(() => window[Symbol.asyncDispose]())

describe('the parts that pages share, filled with hostile texts', () => {
  test('are without a fault, whichever way one looks', async ({ house }) => {
    const { page } = window
    await page.goto(`${house.baseUrl}/components`)
    await page.getByRole('button', { name: 'Give access' }).click()
    await page.getByText(said).waitFor()
    expect(await faultsIn(window, 'components')).toEqual([])
    await page.setViewportSize({ width: 360, height: 720 })
    expect(await widthOf(page)).toBe(360)
  })

  test('are text, whatever is in it', async ({ house }) => {
    const { text } = await (await house.visitor('alice')).get('/components?size=all')
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toMatch(/<script>|<img src=x/)
  })
})

test('a table of five hundred rows is smaller than 1 MB', async ({ house }) => {
  const alice = await house.visitor('alice')
  const { text } = await alice.get('/components?size=all')
  expect(text.match(/<tr /g)?.length).toBeGreaterThan(500)
  expect(text.length).toBeLessThan(1_000_000)
})

test('a list is found, sorted and turned over by links and a form alone', async ({ browser, house }) => {
  await using plain = await openWindow(browser, { javaScriptEnabled: false })
  await continueAs(plain, await house.visitor('alice'), house.baseUrl)
  const { page } = plain
  const table = page.getByRole('table', { name: 'Who has access now' })
  const first = () => table.getByRole('rowheader').first().innerText()
  await page.goto(`${house.baseUrl}/components`)
  await page.getByLabel('Person', { exact: true }).first().fill('Person 4')
  await page.getByRole('button', { name: 'Show' }).click()
  await table.getByRole('link', { name: 'Person', exact: true }).click()
  expect(await first()).toMatch(/^Person 400/)
  expect(await table.getByRole('columnheader', { name: 'Person' }).getAttribute('aria-sort')).toBe('ascending')
  await page.getByRole('link', { name: 'Next' }).click()
  expect(await first()).toMatch(/^Person 406/)
  await page.getByRole('link', { name: 'Without Person: Person 4' }).click()
  expect(new URL(page.url()).search).toBe('?sort=name')
})
