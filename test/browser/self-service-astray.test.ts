import { describe, expect } from 'vitest'
import { testInBrowser } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { askedOf, openSelfService } from '../support/self-service.ts'
import { moving, openPerson, type Person, reason, secondsUntil } from './person.ts'

let ben: Person
const test = testInBrowser(openSelfService)
test.afterEach(async ({ house }) => {
  await ben[Symbol.asyncDispose]()
  house.tenant.set({ wrongAccount: undefined, tokenLagSeconds: 0 })
  house.tenant.setPolicy({ ticket: false, context: 'c1' })
  house.clock.advance({ hours: 3 })
})

const passkey = ({ page }: Pick<Person, 'page'>) => page.getByRole('button', { name: 'Use the passkey' })
const turnOn = async ({ page }: Pick<Person, 'page'>, why = reason) => {
  await page.getByLabel('Reason').fill(why)
  await page.getByRole('button', { name: 'Turn on access' }).click()
}
const asked = (house: House) =>
  askedOf(house).filter(({ created }) => house.clock.read().getTime() - created.getTime() < 3_600_000)
const arrive = async (house: House, person: Pick<Person, 'page' | 'pass'>, path = '/sessions') => {
  await person.page.waitForURL(`${house.baseUrl}/**`)
  await secondsUntil(person, path)
}

describe('the passkey', () => {
  test('that is cancelled leads back to the form, with all that was typed and a word on what is missing', async ({
    browser,
    house,
  }) => {
    ben = await openPerson(browser, house, 'ben')
    await ben.page.getByText('2 hours').click()
    await turnOn(ben)
    await ben.page.getByRole('button', { name: 'Cancel' }).click()
    await ben.at('/sessions')
    expect(await ben.page.getByRole('alert').innerText()).toContain('We could not check your passkey')
    expect(await ben.page.getByLabel('Reason').inputValue()).toBe(reason)
    expect(await ben.page.getByRole('radio', { name: '2 hours' }).isChecked()).toBe(true)
    expect(asked(house)).toEqual([])
  })
  test('that is cancelled can be used the second time, without typing again', async ({ browser, house }) => {
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben)
    await ben.page.getByRole('button', { name: 'Cancel' }).click()
    await ben.page.getByRole('button', { name: 'Turn on access' }).click()
    await passkey(ben).click()
    await arrive(house, ben)
    expect(asked(house)).toHaveLength(1)
  })
  test('of another account turns on nothing, for nobody, and the page leads back', async ({ browser, house }) => {
    ben = await openPerson(browser, house, 'ben')
    house.tenant.set({ wrongAccount: 'alice' })
    const before = house.tenant.requests.length
    await turnOn(ben)
    await ben.page.waitForURL(`${house.baseUrl}/auth/callback**`)
    expect(house.tenant.requests).toHaveLength(before)
    expect(await ben.page.locator('.account-name').innerText()).toBe('Ben Okafor')
    house.tenant.set({ wrongAccount: undefined })
    await ben.page.getByRole('link', { name: 'Try again' }).click()
    await ben.at('/sessions')
    expect(await ben.page.getByLabel('Reason').inputValue()).toBe(reason)
  })
  test('that is used after ten minutes sends nothing; the page says so, and the form still has what was typed', async ({
    browser,
    house,
  }) => {
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben)
    await passkey(ben).waitFor()
    house.clock.advance({ minutes: 11 })
    await passkey(ben).click()
    await ben.page.getByText('took longer than ten minutes').waitFor()
    expect(asked(house)).toEqual([])
    await ben.page.goto(`${house.baseUrl}/sessions`)
    expect(await ben.page.getByLabel('Reason').inputValue()).toBe(reason)
  })
})

describe('going back and loading again', () => {
  test('after getting in, Back and Forward turn on nothing more and end inside', async ({ browser, house }) => {
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben)
    await passkey(ben).click()
    await arrive(house, ben)
    await ben.page.goBack()
    await ben.page.goBack()
    expect([ben.page.url(), await ben.heading()]).toEqual([`${house.baseUrl}/sessions`, 'Your sessions'])
    await ben.page.goForward()
    await ben.page.goForward()
    expect([ben.page.url(), await ben.heading()]).toEqual([`${house.baseUrl}/sessions`, 'Your sessions'])
    expect(asked(house)).toHaveLength(1)
  })
  test('the way back from Microsoft, loaded once more, sends nothing again', async ({ browser, house }) => {
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben)
    const wayBack = ben.page.waitForRequest(request => new URL(request.url()).pathname === '/auth/callback')
    await passkey(ben).click()
    await arrive(house, ben)
    await ben.page.goto((await wayBack).url())
    expect(await ben.heading()).toBe('Your sessions')
    expect(asked(house)).toHaveLength(1)
  })
  test('the progress page goes on where it was after a reload, and counts on', async ({ browser, house }) => {
    house.tenant.set({ tokenLagSeconds: 20 })
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben)
    await passkey(ben).click()
    await ben.at('/access/turning-on**')
    await ben.pass(5)
    await ben.page.reload()
    expect(await ben.page.locator('.seconds').innerText()).toBe('5 seconds')
    expect(await secondsUntil(ben, '/sessions')).toBeLessThanOrEqual(17)
    expect(asked(house)).toHaveLength(1)
  })
  test('a form that was sent in vain and is loaded again is the form again', async ({ browser, house }) => {
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben, 'test')
    await ben.at('/access')
    await ben.page.reload()
    expect(await ben.page.getByRole('alert').innerText()).toContain('Say what you are doing and for whom')
    await turnOn(ben)
    await passkey(ben).click()
    await arrive(house, ben)
  })
})

describe('two tabs', () => {
  const secondTab = async (house: House, path: string) => {
    const page = await ben.context.newPage()
    await page.goto(`${house.baseUrl}${path}`)
    return { page, ...moving(page, house) }
  }

  test('of which one turns on access: the other goes to its own page, and nothing is asked twice', async ({
    browser,
    house,
  }) => {
    ben = await openPerson(browser, house, 'ben')
    const second = await secondTab(house, '/?tab=2')
    await turnOn(ben)
    await passkey(ben).click()
    await arrive(house, ben)
    await turnOn(second, 'Something else altogether')
    await arrive(house, second, '/')
    expect(second.page.url()).toBe(`${house.baseUrl}/?tab=2`)
    expect(asked(house)).toHaveLength(1)
  })
  test('that both ask before either passkey: the later wish is sent, and both end inside, each at its own page', async ({
    browser,
    house,
  }) => {
    ben = await openPerson(browser, house, 'ben')
    const second = await secondTab(house, '/?tab=2')
    await turnOn(ben)
    await passkey(ben).waitFor()
    await turnOn(second, 'Something else altogether')
    await passkey(second).waitFor()
    await passkey(ben).click()
    await ben.page.waitForURL(`${house.baseUrl}/**`)
    expect(asked(house)).toHaveLength(0)
    await passkey(second).click()
    await arrive(house, second, '/')
    await ben.page.reload()
    expect([ben.page.url(), second.page.url()]).toEqual([`${house.baseUrl}/sessions`, `${house.baseUrl}/?tab=2`])
    expect(asked(house)).toMatchObject([{ reason: 'Something else altogether' }])
  })
})

describe('a form with mistakes', () => {
  test('moves the focus to what is wrong, and from there to the field, by keyboard', async ({ browser, house }) => {
    house.tenant.setPolicy({ ticket: true })
    house.clock.advance({ minutes: 2 })
    ben = await openPerson(browser, house, 'ben')
    await turnOn(ben, 'fix')
    await ben.at('/access')
    const focus = ben.page.locator(':focus')
    expect(await focus.getAttribute('role')).toBe('alert')
    const { keyboard } = ben.page
    for (const field of ['reason', 'ticket']) {
      await ben.page.getByRole('alert').focus()
      await keyboard.press('Tab')
      if (field === 'ticket') await keyboard.press('Tab')
      await keyboard.press('Enter')
      expect(await focus.getAttribute('id')).toBe(field)
      expect(await focus.getAttribute('aria-invalid')).toBe('true')
    }
    expect(await ben.page.getByLabel('Reason').inputValue()).toBe('fix')
    expect(await ben.page.getByLabel('Ticket').getAttribute('aria-describedby')).toBe('ticket-error')
  })
  test('draws every wrong field with the same edge, and no right one', async ({ browser, house }) => {
    house.tenant.setPolicy({ ticket: true })
    house.clock.advance({ minutes: 2 })
    ben = await openPerson(browser, house, 'ben')
    const edgesOf = (fields: string) =>
      ben.page
        .locator(fields)
        .evaluateAll(found => found.map(field => field.ownerDocument.defaultView.getComputedStyle(field).borderColor))
    const [right] = await edgesOf('#reason')
    await turnOn(ben, 'fix')
    await ben.at('/access')
    const wrong = await edgesOf('#reason, #ticket')
    expect([wrong.length, new Set(wrong).size, wrong.includes(right ?? '')]).toEqual([2, 1, false])
  })
})
