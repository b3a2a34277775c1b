import { describe, expect } from 'vitest'
import { testInBrowser } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { openSelfService } from '../support/self-service.ts'
import { widthOf } from './looks.ts'
import { openPerson, type Person, reason, secondsUntil, tabTo } from './person.ts'

const test = testInBrowser(openSelfService)

/** What a test did is over before the next one: its access, its policy, what Microsoft took so long for. */
function anotherDay(house: House) {
  house.tenant.set({ tokenLagSeconds: 0, membersLagSeconds: 0 })
  house.tenant.setPolicy({ ticket: false, context: 'c1', approval: false })
  house.clock.advance({ hours: 3 })
}
const becomesReadableAfter = (house: House, seconds: number) =>
  house.tenant.set({ tokenLagSeconds: seconds, membersLagSeconds: seconds })
const turnOn = ({ page }: Person) => page.getByRole('button', { name: 'Turn on access' })
const passkey = ({ page }: Person) => page.getByRole('button', { name: 'Use the passkey' })
const request = (house: House) => house.tenant.requests.at(-1)

describe('a person who may turn on access', () => {
  test.afterEach(({ house }) => anotherDay(house))

  describe.each([0, 20, 120])('when Microsoft takes %d seconds', lag => {
    test('one field, one click and one touch lead in, over three pages at most and past no sign-out', async ({
      browser,
      house,
    }) => {
      becomesReadableAfter(house, lag)
      await using ben = await openPerson(browser, house, 'ben', { path: '/sessions?of=mine' })
      const { logout } = house.tenant.calls
      await ben.page.getByLabel('Reason').fill(reason)
      await turnOn(ben).click()
      await passkey(ben).click()
      await ben.page.waitForURL(`${house.baseUrl}/**`)
      if (lag > 20) await ben.sleep(lag - 10)
      await secondsUntil(ben, '/sessions')
      expect(ben.page.url()).toBe(`${house.baseUrl}/sessions?of=mine`)
      expect(await ben.heading()).toBe('Your sessions')
      expect(ben.loads.length).toBeLessThanOrEqual(3)
      expect(house.tenant.calls.logout).toBe(logout)
      const readableAt = (request(house)?.from?.getTime() ?? 0) + lag * 1_000
      expect(house.clock.read().getTime() - readableAt).toBeLessThanOrEqual(2_000)
      expect(ben.faults()).toEqual([])
    })
  })

  test('where a ticket is asked for, it is the second field and the last', async ({ browser, house }) => {
    house.tenant.setPolicy({ ticket: true })
    house.clock.advance({ minutes: 2 })
    await using ben = await openPerson(browser, house, 'ben')
    await ben.page.getByLabel('Reason').fill(reason)
    await ben.page.getByLabel('Ticket').fill('INC-20931')
    await turnOn(ben).click()
    await passkey(ben).click()
    await ben.page.waitForURL(`${house.baseUrl}/**`)
    await secondsUntil(ben, '/sessions')
    expect(request(house)).toMatchObject({ key: 'ben', reason, ticket: 'INC-20931' })
  })

  test('where no passkey is asked for, the click leads straight in', async ({ browser, house }) => {
    house.tenant.setPolicy({ context: false })
    house.clock.advance({ minutes: 2 })
    await using ben = await openPerson(browser, house, 'ben')
    await ben.page.getByLabel('Reason').fill(reason)
    await turnOn(ben).click()
    await ben.at('/access/turning-on**')
    await secondsUntil(ben, '/sessions')
    expect(ben.loads).toEqual(['/access/turning-on', '/sessions'])
  })

  test('the whole way is walked by keyboard, and every stop on it is seen', async ({ browser, house }) => {
    house.tenant.setPolicy({ ticket: true })
    house.clock.advance({ minutes: 2 })
    becomesReadableAfter(house, 3)
    await using ben = await openPerson(browser, house, 'ben')
    const { keyboard } = ben.page
    await tabTo(ben.page, 'Reason')
    await keyboard.type(reason)
    await tabTo(ben.page, 'Ticket')
    await keyboard.type('INC-20931')
    await tabTo(ben.page, /^1 hour/)
    await keyboard.press('ArrowLeft')
    await tabTo(ben.page, 'Turn on access')
    await keyboard.press('Enter')
    await passkey(ben).waitFor()
    await tabTo(ben.page, 'Use the passkey')
    await keyboard.press('Space')
    await ben.at('/access/turning-on**')
    await secondsUntil(ben, '/sessions')
    expect(request(house)).toMatchObject({ reason, minutes: 30 })
  })

  test('on a small screen nothing is off the edge on the whole way', async ({ browser, house }) => {
    becomesReadableAfter(house, 3)
    await using ben = await openPerson(browser, house, 'ben', { viewport: { width: 320, height: 568 } })
    const widths = [await widthOf(ben.page)]
    await ben.page.getByLabel('Reason').fill(reason)
    await turnOn(ben).click()
    await passkey(ben).waitFor()
    widths.push(await widthOf(ben.page))
    await passkey(ben).click()
    await ben.at('/access/turning-on**')
    widths.push(await widthOf(ben.page))
    await secondsUntil(ben, '/sessions')
    widths.push(await widthOf(ben.page))
    expect(widths).toEqual([320, 320, 320, 320])
  })

  test('without script the same steps lead in; the progress page loads itself again', async ({ browser, house }) => {
    becomesReadableAfter(house, 20)
    await using ben = await openPerson(browser, house, 'ben', { javaScriptEnabled: false })
    await ben.page.getByLabel('Reason').fill(reason)
    await turnOn(ben).click()
    await passkey(ben).click()
    await ben.at('/access/turning-on**')
    house.clock.advance({ seconds: 12 })
    await ben.page.reload()
    expect(await ben.main.innerText()).toContain('12 seconds')
    house.clock.advance({ seconds: 8 })
    await ben.at('/sessions')
    expect(await ben.heading()).toBe('Your sessions')
  })
})

describe('what the progress page says', () => {
  let ben: Person
  test.beforeAll(async ({ browser, house }) => {
    becomesReadableAfter(house, 600)
    ben = await openPerson(browser, house, 'ben')
    await ben.page.getByLabel('Reason').fill(reason)
    await turnOn(ben).click()
    await passkey(ben).click()
    await ben.at('/access/turning-on**')
  })
  test.afterAll(async ({ house }) => {
    await ben[Symbol.asyncDispose]()
    anotherDay(house)
  })
  const said = () => ben.main.getByRole('status').innerText()
  const becomes = (seconds: number) => ben.sleep(seconds)

  test('at first what is done, with the seconds, and no word to screen readers while nothing changes', async () => {
    expect(await ben.main.innerText()).toMatch(/Passkey checked.*Microsoft accepted it.*usually under 20 seconds/s)
    await ben.pass(3)
    expect(await ben.page.locator('.seconds').innerText()).toBe('3 seconds')
    expect(await said()).toBe('')
  })
  test('after 30 seconds that it takes longer than usual, which is announced', async () => {
    await becomes(28)
    expect(await ben.main.innerText()).toContain('There is nothing for you to do.')
    expect(await said()).toBe('Taking longer than usual.')
  })
  test('after 120 seconds what to do, and the reference', async () => {
    await becomes(95)
    expect(await said()).toContain('its directory does not show it yet')
    expect(await ben.main.innerText()).toMatch(/Check again\s+Reference /)
  })
  test('nothing about signing out, and the focus stays where it was', async () => {
    expect(await ben.main.innerText()).not.toMatch(/sign out/i)
    expect(await ben.page.evaluate('document.activeElement.tagName')).toBe('BODY')
    expect(ben.loads.at(-1)).toBe('/access/turning-on')
    expect(ben.faults()).toEqual([])
  })
})

describe('approval', () => {
  let ben: Person
  test.beforeAll(async ({ browser, house }) => {
    house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
    house.clock.advance({ minutes: 2 })
    ben = await openPerson(browser, house, 'ben')
    await ben.page.getByLabel('Reason').fill(reason)
    await ben.page.getByRole('button', { name: 'Ask for access' }).click()
    await ben.at('/access/turning-on**')
  })
  test.afterAll(async ({ house }) => {
    await ben[Symbol.asyncDispose]()
    anotherDay(house)
  })

  test('waits on a page that says who can approve it and until when, and leads in within five seconds of the yes', async ({
    house,
  }) => {
    expect(await ben.heading()).toBe('Waiting for approval')
    expect(await ben.main.innerText()).toMatch(/Lena Fischer.*Lapses/s)
    await ben.pass(7)
    house.tenant.approve(request(house)?.id ?? '', 'lena', 'ok')
    expect(await secondsUntil(ben, '/sessions')).toBeLessThanOrEqual(5)
  })
})
