import { afterAll, describe, expect } from 'vitest'
import { administrator, checked, give, giving, openAdministration } from '../support/administration.ts'
import { continueAs, openWindow, signInAs, testInBrowser, type Window } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import type { Visitor } from '../support/visitor.ts'
import { faultsIn } from './looks.ts'

let window: Window
const test = testInBrowser(() =>
  openAdministration({ settings: { ENVIRONMENT_NAME: 'Production', ENVIRONMENT_COLOUR: '#a4262c' } }),
)
test.beforeAll(async ({ browser }) => {
  window = await openWindow(browser)
})
afterAll(() => window[Symbol.asyncDispose]())

test('an administrator gives access with three clicks and two fields, the person is mailed, and is in', async ({
  browser,
  house,
}) => {
  await using own = await openWindow(browser, { javaScriptEnabled: false })
  const { page } = own
  await page.goto(`${house.baseUrl}/people/assign`)
  await signInAs(page, 'ada', { method: 'passkey' })
  await page.getByRole('link', { name: 'Give access' }).click()
  await page.getByRole('textbox', { name: 'Person' }).fill('oskar')
  await page.getByRole('textbox', { name: 'Reason' }).fill(giving.reason)
  const lengths = () =>
    Promise.all(['How long they can turn it on', 'How long it is on'].map(name => page.getByLabel(name).isVisible()))
  // Only the length of the kind that is chosen is asked for.
  expect(await lengths()).toEqual([true, false])
  await page.getByLabel('On from now until the end').check()
  expect(await lengths()).toEqual([false, true])
  await page.getByRole('button', { name: 'See what will happen' }).click()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Give access?')
  await page.getByRole('button', { name: 'Give access' }).click()
  await page.getByRole('heading', { name: 'Access given' }).waitFor()

  await page.goto(`${house.tenant.origin}/pim`)
  expect(await page.getByRole('heading', { name: 'Oskar Brandt was assigned to the access group' }).count()).toBe(2)
  await using other = await openWindow(browser, { javaScriptEnabled: false })
  await other.page.goto(house.baseUrl)
  await signInAs(other.page, 'oskar')
  await other.page.getByRole('heading', { level: 1, name: 'Your access' }).waitFor()
  expect(own.complaints().filter(line => line.includes(house.baseUrl))).toEqual([])
})

type Shown = Promise<{ as: Visitor; path: string; act?: (page: Window['page']) => Promise<unknown> }>
const pathOf = ({ at }: { at: string }) => new URL(at).pathname

const fill =
  (who: string, reason = giving.reason) =>
  async (page: Window['page']) => {
    await page.getByRole('textbox', { name: 'Person' }).fill(who)
    await page.getByRole('textbox', { name: 'Reason' }).fill(reason)
    await page.getByRole('button', { name: 'See what will happen' }).click()
    await page.waitForLoadState()
  }
const form = (act?: (page: Window['page']) => Promise<unknown>) => async (house: House) => ({
  as: await administrator(house),
  path: '/people/assign',
  ...(act && { act }),
})

const states: [picture: string, heading: string, show: (house: House) => Shown][] = [
  ['give-form', 'Give access', form()],
  ['give-form-wrong', 'Give access', form(fill('', 'access'))],
  ['give-preview-one', 'Give access?', form(fill('oskar'))],
  ['give-preview-several', 'Give access?', form(fill('oskar\nlena@contoso.example\nnobody\nada\nben\na@b.example\n'))],
  [
    'give-preview-ambiguous',
    'Give access?',
    async house => {
      house.tenant.set({
        displayNames: { oskar: 'Lena Fischer', guido: 'Lena Fischer-with-a-name-that-does-not-end-at-all' },
      })
      return form(fill('Lena Fischer'))(house)
    },
  ],
  [
    'give-receipt',
    'Access given',
    async house => {
      const as = await administrator(house)
      return { as, path: pathOf(await give(as, 'oskar', { ticket: 'CHG-771' })) }
    },
  ],
  [
    'give-receipt-partly',
    'Access given, but not to everybody',
    async house => {
      const as = await administrator(house)
      house.tenant.set({ forcedStatus: 'Failed' })
      const receipt = await give(as, 'oskar\nlena\nguido')
      house.clock.advance({ minutes: 6 })
      await checked(as, pathOf(receipt))
      return { as, path: pathOf(receipt) }
    },
  ],
]

describe.each(states)('the page %s', (picture, heading, show) => {
  test('has nothing wrong with it, narrow, dark and wide', async ({ house }) => {
    await window.page.goto('about:blank')
    house.tenant.reset()
    house.clock.advance({ hours: 26 })
    const { as, path, act } = await show(house)
    const { page } = window
    await continueAs(window, as, house.baseUrl)
    await page.goto(house.baseUrl + path)
    await act?.(page)
    expect(await page.locator('h1').textContent()).toBe(heading)
    expect(await faultsIn(window, picture)).toEqual([])
  })
})
