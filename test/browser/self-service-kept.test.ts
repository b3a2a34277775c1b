import { afterAll, describe, expect } from 'vitest'
import { type Browser, continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { askedOf, openSelfService, someoneIn } from '../support/self-service.ts'
import { moving, secondsUntil } from './person.ts'
import { withRefunds } from './refund-page.ts'

let received: unknown[]
let ben: Window & ReturnType<typeof moving>
const test = testInBrowser(async () => {
  const refunds = await withRefunds()
  received = refunds.received
  return openSelfService({ pages: refunds.table })
})
test.beforeAll(async ({ house }) => {
  house.tenant.setPolicy({ context: false })
})
afterAll(() => ben[Symbol.asyncDispose]())

const sentence = "退款 8841 – “für Zoë”, 'agreed' with Lee & <b>Sam</b> 🔑👩‍👩‍👧 e\u0301\t|\n\n  עברית، عربي\n"
/** About 4,000 characters of every kind, in many lines. */
const text = `${sentence.repeat(50)}The end.`
const heading = () => ben.page.getByRole('heading', { level: 1 }).innerText()
const kept = () => ben.page.locator('.kept-text')

/** Ben fills the form in, and it is sent a second after his access has ended. */
async function sendTooLate(browser: Browser, house: House, { script = true, typed = text } = {}) {
  await ben?.[Symbol.asyncDispose]()
  house.clock.advance({ hours: 3 })
  received.length = 0
  const visitor = await someoneIn(house)
  const end = askedOf(house).at(-1)?.until?.getTime() ?? 0
  house.clock.set(new Date(end - 30_000).toISOString())
  const window = await openWindow(browser, { javaScriptEnabled: script })
  ben = { ...window, ...moving(window.page, house) }
  await continueAs(window, visitor, house.baseUrl)
  if (script) await ben.holdTime()
  await ben.page.goto(`${house.baseUrl}/refunds/8841`)
  await ben.page.getByLabel('Note').fill(typed)
  if (script) await ben.sleep(31)
  else house.clock.advance({ seconds: 31 })
  await ben.page.getByRole('button', { name: 'Refund' }).click()
  await ben.page.getByText('We kept what you typed in /refunds/8841.').waitFor()
}

async function turnOnAgain(house: House, { script = true } = {}) {
  await ben.page.getByLabel('Reason').fill('Refund 8841, approved by Lee')
  await ben.page.getByRole('button', { name: /^Turn on (access|again)$/ }).click()
  await ben.page.waitForURL(`${house.baseUrl}/access/turning-on**`)
  if (script) return void (await secondsUntil(ben, '/kept-form/refunds/8841'))
  house.clock.advance({ seconds: 3 })
  await ben.page.waitForURL(`${house.baseUrl}/kept-form/refunds/8841**`)
}

describe('a form that is sent a second after access ended', () => {
  test.beforeAll(({ browser, house }) => sendTooLate(browser, house))

  test('is not carried out, and its sender reads that all of it is kept', async () => {
    expect(received).toEqual([])
    expect(await ben.page.locator('main').innerText()).toContain('It was not sent.')
  })
  test('leads to a page that says when access ran out, with the last reason filled in', async () => {
    expect(await heading()).toMatch(/^Access ran out at \d\d:\d\d UTC$/)
    expect(await ben.page.getByLabel('Reason').inputValue()).toBe('Refund 8841, approved by Lee')
  })
  test('is shown again as soon as access is on, with every character', async ({ house }) => {
    await turnOnAgain(house)
    expect(await heading()).toBe('Send what you typed?')
    expect(await kept().evaluate(element => element.textContent)).toBe(text)
    expect(received).toEqual([])
  })
  test('is sent when its sender presses Send, as it would have been at once', async ({ house }) => {
    await ben.page.getByRole('button', { name: 'Send' }).click()
    await ben.page.waitForURL(`${house.baseUrl}/refunds/8841`)
    expect(received).toEqual([{ note: text.replaceAll('\n', '\r\n') }])
  })
  test('is not sent again by going back, nor shown', async () => {
    await ben.page.goBack()
    await ben.page.getByRole('heading', { name: 'There is no such form any more' }).waitFor()
    expect(await ben.page.locator('main').innerText()).not.toContain('8841 –')
    expect(received).toHaveLength(1)
    expect(ben.complaints()).toEqual([])
  })
})

test('without script too it is kept, shown and sent', async ({ browser, house }) => {
  await sendTooLate(browser, house, { script: false })
  await turnOnAgain(house, { script: false })
  expect(await kept().innerText()).toContain('The end.')
  await ben.page.getByRole('button', { name: 'Send' }).click()
  await ben.page.waitForURL(`${house.baseUrl}/refunds/8841`)
  expect(received).toEqual([{ note: text.replaceAll('\n', '\r\n') }])
})

describe('somebody else', () => {
  let link: string
  test.beforeEach(async ({ browser, house }) => {
    await sendTooLate(browser, house, { typed: 'Only Ben may read this' })
    link = await ben.page.locator('form[action="/access"] input[name=returnTo]').inputValue()
  })

  test('who has access and the address finds nothing there, and takes nothing away', async ({ browser, house }) => {
    await using alice = await openWindow(browser)
    await continueAs(alice, await house.visitor('ada'), house.baseUrl)
    await alice.page.goto(house.baseUrl + link)
    expect(await alice.page.getByRole('heading', { level: 1 }).innerText()).toBe('There is no such form any more')
    expect(await alice.page.content()).not.toContain('Only Ben')
    await turnOnAgain(house)
    expect(await kept().innerText()).toBe('Only Ben may read this')
  })
  test('who signs in in the same browser sees nothing of it, forwards or back', async ({ house }) => {
    await continueAs(ben, await house.visitor('ada'), house.baseUrl)
    await ben.page.goto(house.baseUrl + link)
    expect(await heading()).toBe('There is no such form any more')
    // What a form was answered with is not there to go back to: the browser says so.
    await ben.page.goBack().catch(() => {})
    const shown = () => ben.page.evaluate('document.documentElement.innerHTML').catch(() => undefined)
    await expect.poll(shown).not.toContain('Only Ben')
  })
})

test('a form that needs one more check first is kept through it, and a cancelled check takes nothing away', async ({
  browser,
  house,
}) => {
  house.clock.advance({ hours: 3 })
  house.tenant.set({ contextsWithPolicy: ['c1', 'c2'] })
  received.length = 0
  const visitor = await someoneIn(house)
  await using window = await openWindow(browser)
  const { page } = window
  await continueAs(window, visitor, house.baseUrl)
  await page.goto(`${house.baseUrl}/refunds/8841`)
  await page.locator('main form').evaluate(form => Object.assign(form, { action: '/refunds/8841/large' }))
  await page.getByLabel('Note').fill(text)
  await page.getByRole('button', { name: 'Refund' }).click()
  await page.getByRole('heading', { name: 'One more check, then send it' }).waitFor()
  await page.getByRole('link', { name: 'Continue with passkey' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Try again').click()
  await page.getByRole('radio', { name: /Ben/ }).check()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { name: 'Send what you typed?' }).waitFor()
  expect(await page.locator('.kept-text').evaluate(element => element.textContent)).toBe(text)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.waitForURL(`${house.baseUrl}/refunds/8841`)
  expect(received).toEqual([{ note: text.replaceAll('\n', '\r\n') }])
})
