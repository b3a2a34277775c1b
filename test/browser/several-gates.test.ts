import { describe, expect } from 'vitest'
import { type Browser, continueAs, openWindow, type Page, signInAs, testInBrowser } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { askedOf, someoneIn, turnOn } from '../support/self-service.ts'
import { openThreeGates } from '../support/three-gates.ts'
import { moving, openPerson, type Person, reason, secondsUntil, tabTo } from './person.ts'
import { withRefunds } from './refund-page.ts'

const test = testInBrowser(async () => {
  const { table } = await withRefunds('operators')
  return openThreeGates({ pages: table })
})

const refunds = '/refunds/8841'
const operators = { gate: 'operators' }
const passkey = ({ page }: Pick<Person, 'page'>) => page.getByRole('button', { name: 'Use the passkey' })
const bar = (page: Page) => page.getByRole('region', { name: 'Access', exact: true })
const line = async (page: Page) => (await bar(page).locator('.access-line').innerText()).replace(/\s+/g, ' ').trim()
const main = (page: Page) => page.locator('main').innerText()
const asksNoPasskey = (house: House) => {
  for (const group of ['members', 'operators'] as const) house.tenant.setPolicy({ group, context: false })
  house.clock.advance({ minutes: 2 })
}
/** What a test did is over before the next one. */
const anotherDay = (house: House) => {
  house.tenant.reset()
  house.clock.advance({ hours: 26 })
}

describe('a member of one gate', () => {
  let alice: Person
  /** Another tab of the same browser, at a page of the first gate. */
  let other: Page
  test.beforeAll(async ({ browser, house }) => {
    house.tenant.extend('alice', { minutes: 600, reason: 'A long day' })
    alice = await openPerson(browser, house, 'alice', { path: refunds })
  })
  test.afterAll(async ({ house }) => {
    await alice[Symbol.asyncDispose]()
    anotherDay(house)
  })

  test("is refused at another gate's page, with the remedy for that gate", async () => {
    expect(await alice.heading()).toBe('Turn on access to continue')
    expect(await main(alice.page)).toContain('It opens only for active members of Payments operators.')
  })
  test('turns on access there with one field, one click and one touch, and is on that page', async ({ house }) => {
    await alice.page.getByLabel('Reason').fill(reason)
    await alice.page.getByRole('button', { name: 'Turn on access' }).click()
    await passkey(alice).click()
    await alice.page.waitForURL(`${house.baseUrl}/**`)
    await secondsUntil(alice, refunds)
    expect(await alice.heading()).toBe('Refund 8841')
    expect(askedOf(house, 'alice').at(-1)).toMatchObject({ group: 'operators', reason, minutes: 60 })
  })
  test('reads on that page until when that gate is on', async () => {
    expect(await line(alice.page)).toMatch(/^Payments operators · Access on until \d\d:\d\d UTC \((59 min|1 h)\)$/)
  })
  test('reads on a page of the first gate the end of that one, and that the other ends sooner', async ({ house }) => {
    other = await alice.context.newPage()
    await other.goto(`${house.baseUrl}/`)
    expect(await line(other)).toMatch(/^Payments administrators · Access on until/)
    expect(await bar(other).innerText()).toMatch(/Access to Payments operators ends sooner, at \d\d:\d\d UTC\./)
  })
  test('is warned of the end of that gate on its page, and of no end on the other', async ({ house }) => {
    house.tenant.setPolicy({ group: 'operators', context: false })
    await alice.sleep(46 * 60)
    await bar(alice.page).getByText('Access ends in 13 min, at').waitFor()
    expect(await bar(alice.page).getByRole('status').allInnerTexts()).toContainEqual(
      expect.stringMatching(/^Access to Payments operators ends in 15 minutes or less, at \d\d:\d\d UTC\.$/),
    )
    expect(await alice.page.title()).toBe('(13 min) Refund 8841 · Gatehouse')
    expect(await line(other)).toMatch(/Access on until/)
    expect(await other.title()).toBe('Your access · Gatehouse')
  })
  test('extends it from the line, and keeps what is half typed', async ({ house }) => {
    await alice.page.getByLabel('Note').fill('Half of a sent')
    await bar(alice.page).getByRole('button', { name: 'Extend by 30 min' }).click()
    await bar(alice.page).getByText('Extended: access is on until').waitFor()
    expect(await line(alice.page)).toMatch(/^Payments operators · Access on until \d\d:\d\d UTC \(4\d min\)$/)
    expect(await alice.page.getByLabel('Note').inputValue()).toBe('Half of a sent')
    expect(askedOf(house, 'alice').at(-1)).toMatchObject({ group: 'operators', minutes: 30 })
  })
  test('reads when it has run out there, while the first gate goes on in the other tab', async ({ house }) => {
    await alice.sleep(44 * 60)
    await bar(alice.page).getByText('Access ran out at', { exact: true }).waitFor()
    expect(await alice.page.getByLabel('Note').inputValue()).toBe('Half of a sent')
    expect(await line(other)).toMatch(/Access on until/)
    await other.reload()
    expect(await line(other)).toMatch(/^Payments administrators · Access on until/)
    await alice.page.goto(`${house.baseUrl}${refunds}`)
    expect(await alice.heading()).toMatch(/^Access ran out at \d\d:\d\d UTC$/)
  })
  test('sees both gates on My access', async ({ house }) => {
    await other.goto(`${house.baseUrl}/access`)
    expect(await other.getByRole('heading', { level: 2 }).allInnerTexts()).toContain('Payments administrators')
    expect(await other.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual([
      expect.stringMatching(/^Payments operators/),
    ])
    expect(await other.getByRole('list').last().innerText()).toMatch(/Payments operators · .* · ran out/)
  })
  test('saw nothing break', () => {
    expect(alice.faults()).toEqual([])
  })
})

describe('two gates', () => {
  test.afterEach(({ house }) => anotherDay(house))
  const asked = (house: House) => askedOf(house).map(({ group, minutes, reason }) => ({ group, minutes, reason }))
  const both = ['members', 'operators'].map(group => ({ group, minutes: 30, reason }))

  test('are turned on together with one touch, by keyboard alone', async ({ browser, house }) => {
    await using ben = await openPerson(browser, house, 'ben', { path: '/access' })
    const { keyboard } = ben.page
    for (const title of ['Payments administrators', 'Payments operators']) {
      await tabTo(ben.page, new RegExp(`^${title}`))
      await keyboard.press('Space')
    }
    await tabTo(ben.page, 'Reason')
    await keyboard.type(reason)
    await tabTo(ben.page, /^1 hour/)
    await keyboard.press('ArrowLeft')
    await tabTo(ben.page, 'Turn on access')
    await keyboard.press('Enter')
    await passkey(ben).waitFor()
    await tabTo(ben.page, 'Use the passkey')
    await keyboard.press('Space')
    await ben.at('/access/turning-on**')
    await secondsUntil(ben, '/')
    expect(asked(house)).toEqual(both)
    expect(ben.faults()).toEqual([])
  })

  test('are turned on together without script by the same form', async ({ browser, house }) => {
    await using ben = await openPerson(browser, house, 'ben', { path: '/access', javaScriptEnabled: false })
    await ben.page.getByRole('checkbox', { name: 'Payments administrators' }).check()
    await ben.page.getByRole('checkbox', { name: 'Payments operators' }).check()
    await ben.page.getByLabel('Reason').fill(reason)
    await ben.page.getByRole('radio', { name: '30 min' }).check()
    await ben.page.getByRole('button', { name: 'Turn on access' }).click()
    await passkey(ben).click()
    await ben.at('/access/turning-on**')
    house.clock.advance({ seconds: 3 })
    await ben.at('/')
    expect(asked(house).slice(-2)).toEqual(both)
  })

  test('each count down their own end in a tab of their own, and end alone', async ({ browser, house }) => {
    await using ben = await inAtBoth(browser, house)
    const [page, other] = [ben.page, await ben.context.newPage()]
    await page.goto(`${house.baseUrl}/`)
    await other.goto(`${house.baseUrl}${refunds}`)
    const minutesLeft = async (tab: Page) => Number(/(\d+) min/.exec(await line(tab))?.[1])
    const [atFirst, atOther] = [await minutesLeft(page), await minutesLeft(other)]
    expect(atFirst - atOther).toBe(30)
    await ben.sleep(10 * 60)
    expect([await minutesLeft(page), await minutesLeft(other)]).toEqual([atFirst - 10, atOther - 10])
    await ben.sleep(atOther * 60 - 9 * 60)
    await bar(other).getByText('Access ran out at', { exact: true }).waitFor()
    expect(await line(page)).toMatch(/^Payments administrators · Access on until/)
  })
})

describe('a page of a gate whose end is not known yet', () => {
  test.afterEach(({ house }) => anotherDay(house))

  test('asks for the end of its own gate, and then has the line of that gate', async ({ browser, house }) => {
    house.tenant.assign('ben', { minutes: 120, reason: 'The first gate' })
    house.tenant.assign('ben', { minutes: 30, reason, group: 'operators' })
    house.tenant.set({ graphError: { what: '503', where: 'schedules', when: 'always' } })
    await using window = await openWindow(browser)
    const { page } = window
    const asked: string[] = []
    page.on('request', request => asked.push(request.url().replace(house.baseUrl, '')))
    await page.goto(`${house.baseUrl}${refunds}`)
    await signInAs(page, 'ben')
    await page.getByLabel('Note').fill('Half of a sent')
    expect(await page.locator('[data-end-unknown]').getAttribute('data-gate')).toBe('operators')
    house.tenant.set({ graphError: undefined })
    house.clock.advance({ seconds: 61 })
    await bar(page).waitFor()
    expect(await line(page)).toMatch(/^Payments operators · Access on until \d\d:\d\d UTC \(\d\d min\)$/)
    expect(await page.getByLabel('Note').inputValue()).toBe('Half of a sent')
    expect(new Set(asked.filter(url => url.includes('/state')))).toEqual(
      new Set(['/access/turning-on/state?gate=operators']),
    )
  })
})

/** Ben, in at members for an hour and at operators for half an hour; the clocks stand. */
async function inAtBoth(browser: Browser, house: House) {
  asksNoPasskey(house)
  const visitor = await someoneIn(house)
  await turnOn(visitor, refunds, { ...operators, minutes: '30' })
  house.clock.advance({ seconds: 3 })
  await visitor.follow('/access/turning-on?gate=operators')
  const window = await openWindow(browser)
  await continueAs(window, visitor, house.baseUrl)
  const ben = { ...window, ...moving(window.page, house) }
  await ben.holdTime()
  return ben
}
