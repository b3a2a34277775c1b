import { afterAll, describe, expect } from 'vitest'
import { continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { startRedis } from '../support/machine.ts'
import { type HouseOverOwnRedis, openOver } from '../support/redis/own-redis.ts'
import { violationsOn } from './looks.ts'

const shots = process.env.SHOTS
const longName = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6).slice(0, 200)

/** What a page is shown in. Each is looked at in all of them; SHOTS=folder keeps a picture of each there. */
const looks = {
  light: { width: 1280, colorScheme: 'light', rules: 'all' },
  narrow: { width: 320, colorScheme: 'light', rules: 'all' },
  dark: { width: 1280, colorScheme: 'dark', rules: ['color-contrast'] },
} as const

/** Who goes where; `before` signing in, `onceIn` before going, and `after` being there, the outside is changed. */
type Change = (house: HouseOverOwnRedis) => unknown
type Way = {
  path?: string
  as?: string
  before?: Change
  onceIn?: Change
  after?: Change
}

const test = testInBrowser(async () => {
  const settings = { ENVIRONMENT_NAME: 'Production', ENVIRONMENT_COLOUR: '#a4262c' }
  return openOver(await startRedis(), { now: '2026-03-02T12:00:00Z', settings })
})
test.beforeAll(async ({ house }) => {
  await house.visitor('alice', { userAgent: 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0' })
  house.clock.advance({ minutes: 13 })
})

const says = (house: House, name: string) =>
  house.tenant.set({ lie: name ? { extra: { name, preferred_username: name } } : {} })
const graphSays = (house: House, what?: '403' | '503') =>
  house.tenant.set({ graphError: what && { what, where: 'check' } })
const refuses = (house: House, what: 'cancel' | 'decline') =>
  house.tenant.set({ authorizeError: { what, when: 'next' } })

/** How to come to every page there is, and its heading. */
const ways: [heading: string, picture: string, way: Way][] = [
  ['Your access', 'home', { as: 'alice' }],
  [
    'Your access',
    'home-long-name',
    { as: 'ada', before: house => says(house, longName), after: house => says(house, '') },
  ],
  ['Your sessions', 'sessions', { as: 'alice', path: '/sessions' }],
  ['There is no such page', 'not-found', { as: 'alice', path: '/nowhere' }],
  ['You do not have access right now', 'refused', { as: 'oskar', path: '/reports' }],
  [
    'You do not have access right now',
    'refused-long-name',
    { as: 'guido', before: house => says(house, longName), after: house => says(house, '') },
  ],
  [
    'We cannot confirm your access right now',
    'membership-unknown',
    { as: 'mona', before: house => graphSays(house, '503'), after: house => graphSays(house) },
  ],
  [
    'You are in more groups than we may look up',
    'too-many-groups',
    { as: 'mona', before: house => graphSays(house, '403'), after: house => graphSays(house) },
  ],
  ['You are signed out', 'signed-out', { path: '/auth/signed-out' }],
  ['You cancelled the sign-in', 'cancelled', { before: house => refuses(house, 'cancel') }],
  ['This application needs consent first', 'consent-missing', { before: house => refuses(house, 'decline') }],
  ['This sign-in cannot be finished', 'not-started', { path: '/auth/callback?code=c&state=s' }],
  [
    'We cannot look up your sign-in right now',
    'redis-away',
    { as: 'alice', onceIn: ({ server }) => server.signal('SIGSTOP'), after: ({ server }) => server.signal('SIGCONT') },
  ],
]
const titles = new Map<string, string>()

describe.each(ways)('%s (%s)', (heading, picture, { path = '/', as, before, onceIn, after }) => {
  let visit: Window
  test.beforeAll(async ({ browser, house }) => {
    visit = await openWindow(browser)
    await before?.(house)
    if (as) await continueAs(visit, await house.visitor(as), house.baseUrl)
    await onceIn?.(house)
    await visit.page.goto(`${house.baseUrl}${path}`)
    await after?.(house)
  })
  afterAll(() => visit[Symbol.asyncDispose]())

  test('has one heading of the first rank, a title that ends with where one is, a language and landmarks', async () => {
    const { page } = visit
    expect(await page.locator('h1').allInnerTexts()).toEqual([heading])
    titles.set(picture, await page.title())
    expect(await page.title()).toMatch(/ · Gatehouse · Production$/)
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(await page.locator('body > header, body > main').count()).toBe(2)
  })

  for (const [look, { width, colorScheme, rules }] of Object.entries(looks))
    test(`has nothing that axe finds, and nothing off its edge: ${look}`, async () => {
      const { page } = visit
      await page.setViewportSize({ width, height: 720 })
      await page.emulateMedia({ colorScheme })
      if (shots) await page.screenshot({ path: `${shots}/${picture}-${look}.png`, fullPage: true })
      expect(await violationsOn(page, rules)).toEqual([])
      expect(await page.locator('html').evaluate(html => html.scrollWidth)).toBe(width)
    })

  test('shows every stop of the Tab key, in the order of reading', async () => {
    const stops = await tabStops(visit)
    expect(stops.length).toBeGreaterThan(1)
    for (const { what, isOutlined, isInView } of stops) expect([what, isOutlined, isInView]).toEqual([what, true, true])
    const heights = stops.slice(1).map(({ bottom }) => bottom)
    expect(heights).toEqual(heights.toSorted((one, other) => one - other))
  })

  test('keeps to its content security policy and loads all its files', ({ house }) => {
    expect(visit.complaints().filter(line => line.includes(house.baseUrl))).toEqual([])
  })
})

test('no two pages have the same title', () => {
  const different = [...titles].filter(([picture]) => !picture.endsWith('-long-name')).map(([, title]) => title)
  expect(different.length).toBe(11)
  expect(new Set(different).size).toBe(different.length)
})

test('"Skip to content" is the first stop, and the next one after it is in the content', async ({ browser, house }) => {
  await using alice = await openWindow(browser)
  const { page } = alice
  await continueAs(alice, await house.visitor('alice'), house.baseUrl)
  await page.goto(house.baseUrl)
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').innerText()).toBe('Skip to content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.locator('main :focus').count()).toBe(1)
})

/** Presses Tab through the page, once round. */
async function tabStops({ page }: Window) {
  await page.setViewportSize({ width: 1280, height: 720 })
  const focus = page.locator(':focus')
  const stops = []
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    if ((await focus.count()) === 0) return stops
    stops.push(
      await focus.evaluate(element => {
        const { getComputedStyle, innerHeight, scrollY } = element.ownerDocument.defaultView
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        const { top, bottom } = element.getBoundingClientRect()
        return {
          what: element.textContent.trim(),
          isOutlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
          // Chromium scrolls by whole pixels.
          isInView: top >= 0 && bottom < innerHeight + 1,
          bottom: bottom + scrollY,
        }
      }),
    )
  }
  throw new Error('the Tab key never leaves the page')
}
