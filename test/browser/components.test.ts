import { afterAll, describe, expect } from 'vitest'
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
    settings: { PIM_SELF_SERVICE: 'on' },
  }),
)
test.beforeAll(async ({ browser, house }) => {
  window = await openWindow(browser, { javaScriptEnabled: true })
  await continueAs(window, await house.visitor('alice'), house.baseUrl)
})
afterAll(() => window[Symbol.asyncDispose]())

const list = (params = '') => `/components${params}`

describe('the parts that pages share, filled with hostile texts', () => {
  test('are without a fault, whichever way one looks', async ({ house }) => {
    await window.page.goto(house.baseUrl + list('?person=o&odd=yes&from=2026-03-02T08:00'))
    expect(await faultsIn(window, 'components-filtered')).toEqual([])
    await window.page.goto(house.baseUrl + list())
    expect(await faultsIn(window, 'components')).toEqual([])
    await window.page.setViewportSize({ width: 360, height: 720 })
    expect(await widthOf(window.page)).toBe(360)
  })
})

test('a notice', async ({ house }) => {
  await window.page.goto(house.baseUrl + list())
  await window.page.setViewportSize({ width: 1280, height: 720 })
  await window.page.getByRole('button', { name: 'Give access' }).click()
  await window.page.getByText(said).waitFor()
  expect(await faultsIn(window, 'components-notice')).toEqual([])
})

test('five hundred rows are sent within a second', async ({ house }) => {
  const alice = await house.visitor('alice')
  await alice.get(list('?size=all'))
  const began = performance.now()
  await alice.get(list('?size=all'))
  expect(performance.now() - began).toBeLessThan(1_000)
})
