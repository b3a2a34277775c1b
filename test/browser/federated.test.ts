import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect } from 'vitest'
import { pages } from '../../src/pages.ts'
import { get, json, post, redirect } from '../../src/web/page.ts'
import { openWindow, type Page, signInAs, testInBrowser, type Window } from '../support/browser.ts'
import { openSelfService } from '../support/self-service.ts'
import { faultsIn } from './looks.ts'
import { openPerson, reason, secondsUntil, tabTo } from './person.ts'

/** A company's own identity provider: whoever is sent there is sent back. */
const company = createServer((request, response) => {
  const back = new URL(request.url ?? '', 'http://company').searchParams.get('back') ?? ''
  visits.push(new URL(back).pathname.split('/').at(-1) ?? '')
  response.writeHead(302, { location: back }).end()
})
const visits: string[] = []

/** A form for members, after which comes a page that asks for a passkey first. */
const notes = () =>
  Promise.all([
    post('/notes', 'members', Promise.resolve({ default: () => () => redirect('/notes/1') })),
    get('/notes/1', 'members', Promise.resolve({ default: () => () => json({}) }), { stepUp: { context: 'c1' } }),
  ])

const open = async () => {
  if (!company.listening) await new Promise<void>(resolve => company.listen(0, '127.0.0.1', resolve))
  const federatedAt = `http://127.0.0.1:${(company.address() as AddressInfo).port}/`
  return openSelfService({ pages: [...pages, ...(await notes())], tenant: { switches: { federatedAt } } })
}
const test = testInBrowser(open)
/** In a browser that keeps whole pages for its Back button. */
const testGoingBack = testInBrowser(open, { keepsPages: true })
afterAll(() => company.close())

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** The local tenant has no icon, and browsers ask for one. */
const complaintsOf = ({ complaints }: Window) => complaints().filter(line => !line.endsWith('/favicon.ico'))

/** Sends the form of the page that is shown to another place. */
const leadTo = (page: Page, path: string) =>
  page.evaluate(`(form => { form.action = '${path}'; form.submit() })(document.forms[0])`)

describe.each([
  { script: 'with script', javaScriptEnabled: true },
  { script: 'without script', javaScriptEnabled: false },
])('where Entra sends people on to the identity provider of their company, $script', ({ javaScriptEnabled }) => {
  test('signing out ends here, at Entra and there', async ({ browser, house }) => {
    await using alice = await openWindow(browser, { javaScriptEnabled })
    const { page } = alice
    await page.goto(`${house.baseUrl}/sessions`)
    await signInAs(page, 'alice')
    visits.length = 0
    await press(page, 'Sign out')
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect([page.url(), visits]).toEqual([`${house.baseUrl}/auth/signed-out`, ['logout']])
    expect(complaintsOf(alice)).toEqual([])
  })

  test('"Check again" asks there too, and leads in', async ({ browser, house }) => {
    await using guido = await openWindow(browser, { javaScriptEnabled })
    const { page } = guido
    await page.goto(`${house.baseUrl}/sessions`)
    await signInAs(page, 'guido')
    house.tenant.assign('guido', { minutes: 60, reason: 'Helps with the refunds of March' })
    visits.length = 0
    await press(page, 'Check again')
    await page.getByRole('heading', { name: 'Your sessions' }).waitFor()
    expect(visits).toEqual(['authorize'])
    house.clock.advance({ hours: 2 })
  })

  test('turning on access leads over the passkey there, and in', async ({ browser, house }) => {
    await using ben = await openPerson(browser, house, 'ben', { javaScriptEnabled })
    await ben.page.getByLabel('Reason').fill(reason)
    visits.length = 0
    await press(ben.page, 'Turn on access')
    await press(ben.page, 'Use the passkey')
    await ben.page.waitForURL(`${house.baseUrl}/**`)
    if (javaScriptEnabled) await secondsUntil(ben, '/sessions')
    else house.clock.advance({ seconds: 3 })
    await ben.page.getByRole('heading', { name: 'Your sessions' }).waitFor()
    expect(visits).toEqual(['authorize'])
    house.clock.advance({ hours: 3 })
  })

  test('a form that leads to a page that leads there arrives as well', async ({ browser, house }) => {
    await using ada = await openWindow(browser, { javaScriptEnabled })
    const { page } = ada
    await page.goto(`${house.baseUrl}/sessions`)
    await signInAs(page, 'ada')
    visits.length = 0
    await leadTo(page, '/notes')
    await press(page, 'Use the passkey')
    await page.waitForURL(`${house.baseUrl}/notes/1`)
    expect(visits).toEqual(['authorize'])
    expect((await ada.context.cookies()).map(({ name }) => name)).not.toContain('gatehouse-after-form')
  })
})

describe('the page between a form and Entra', () => {
  testGoingBack('is not met by going back from there, nor by going forward again', async ({ browser, house }) => {
    await using ben = await openPerson(browser, house, 'ben')
    const { page } = ben
    await page.getByLabel('Reason').fill(reason)
    await press(page, 'Turn on access')
    await page.getByRole('button', { name: 'Use the passkey' }).waitFor()
    await page.goBack()
    expect(page.url()).toBe(`${house.baseUrl}/sessions`)
    expect(await page.getByLabel('Reason').inputValue()).toBe(reason)
    await page.goForward({ waitUntil: 'commit' })
    await page.getByRole('button', { name: 'Use the passkey' }).waitFor()
  })

  test('says where it goes in one line with a link, which works by keyboard where pages may not go on by themselves', async ({
    browser,
    house,
  }) => {
    await using oskar = await openWindow(browser)
    const { page } = oskar
    await page.route('**/check-again', async route => {
      const answer = await route.fetch({ maxRedirects: 0 })
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/<meta http-equiv[^>]*>/, '') })
    })
    await page.goto(`${house.baseUrl}/sessions`)
    await signInAs(page, 'oskar')
    await press(page, 'Check again')
    await page.getByRole('heading', { name: 'Going on to Microsoft' }).waitFor()
    expect(await page.getByRole('button').count()).toBe(0)
    expect(await faultsIn(oskar, 'going-on')).toEqual([])
    await tabTo(page, 'go on to Microsoft')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'do not have access' }).waitFor()
    expect(page.url()).toBe(`${house.baseUrl}/sessions`)
  })
})
