import { afterAll, beforeEach, describe, expect } from 'vitest'
import { pages as table } from '../../src/pages.ts'
import type { Progress } from '../../src/pim/answers.ts'
import { get, view } from '../../src/web/page.ts'
import { continueAs, openWindow, type Page, testInBrowser, type Window } from '../support/browser.ts'
import { form, minute, now, offering, openHandMade } from '../support/hand-made.ts'

/** A members' page with a form on it: the one for a comment on a wish. */
const withForm = await get(
  '/typing',
  'members',
  Promise.resolve({
    default: () => () =>
      view('approval', 'Typing', {
        ...{
          name: 'Ben',
          groupName: 'Payments',
          gate: '',
          problem: '',
          error: '',
          comment: '',
          reason: 'r',
          ticket: '',
          length: '',
          alsoIn: undefined,
        },
        ...{ isWaiting: true, isOwn: false, commentNeeded: false, lastUses: [], since: at, lapsesAt: at, result: '' },
      }),
  }),
)
const at = { iso: '2026-03-02T12:13:00Z', absolute: '12:13 UTC', relative: 'just now' }

let site: Awaited<ReturnType<typeof openHandMade>>
let visit: Window
let page: Page
const test = testInBrowser({ now: '2026-03-02T12:13:00Z', settings: { PIM_SELF_SERVICE: 'on' } })
test.beforeAll(async ({ house }) => {
  site = await openHandMade(house, { table: [...table, withForm] })
})
afterAll(() => site[Symbol.asyncDispose]())
test.beforeEach(async ({ browser, house }) => {
  visit = await openWindow(browser)
  page = visit.page
  // The browser's clock in hand, and wrong by years: what counts is the server's.
  await page.clock.install({ time: '2031-01-01T00:00:00Z' })
  await continueAs(visit, await house.visitor('alice'), house.baseUrl)
  return () => visit[Symbol.asyncDispose]()
})

/** Not on the minute: time goes on while a test looks. */
const until = now + 20.5 * minute
const stay = { plan: { askedAt: now, from: now - 10 * minute, until }, until }
const line = async () => (await page.locator('.access-line').innerText()).replace(/\s+/g, ' ').trim()
const politely = () => page.locator('[data-politely]').innerText()
const assertively = () => page.locator('[data-assertively]').innerText()

describe('while access is on', () => {
  beforeEach(async () => {
    site.stays(stay)
    site.say({})
    await page.goto(site.at('/typing'))
    await page.getByLabel('Comment').fill('half a sentence')
    await page.getByLabel('Comment').focus()
  })

  test('the line and the title tell the time, and each warning is said once', async () => {
    expect([await line(), await politely()]).toEqual(['Access on until 12:33 UTC (20 min)', ''])
    await page.clock.fastForward('05:45')
    expect(await line()).toBe('Access ends in 14 min, at 12:33 UTC')
    expect(await page.title()).toMatch(/^\(14 min\) Typing/)
    expect(await politely()).toBe('Access ends in 15 minutes or less, at 12:33 UTC.')
    await page.clock.fastForward('10:00')
    expect(await politely()).toBe('Access ends in 5 minutes or less, at 12:33 UTC. You can extend it at the top.')
    expect(await page.getByText('What you type on this page is kept if access ends.').isVisible()).toBe(true)
    await page.clock.fastForward('04:00')
    expect(await assertively()).toBe('Access ends in less than a minute, at 12:33 UTC.')
    expect(await page.locator(':focus').getAttribute('id')).toBe('comment')
    await page.goto(site.at('/'))
    expect([await politely(), await assertively()]).toEqual(['', ''])
  })

  test('when it has run out, it says so in place and takes nothing away', async () => {
    await page.clock.fastForward('20:31')
    await expect.poll(line).toBe('Access ran out at 12:33 UTC')
    expect(await assertively()).toContain('Access ran out at 12:33 UTC.')
    expect(await page.getByLabel('Comment').inputValue()).toBe('half a sentence')
    expect(await page.locator(':focus').getAttribute('id')).toBe('comment')
    expect(await page.getByRole('link', { name: 'Turn it on again' }).getAttribute('target')).toBe('_blank')
  })

  test('extended in another tab meanwhile, it goes on', async () => {
    site.say({ progress: async () => ({ step: 'in', returnTo: '/', until: until + 30 * minute }) })
    await page.clock.fastForward('20:31')
    await expect.poll(line).toBe('Access on until 13:03 UTC (29 min)')
  })

  test('is extended from a half-filled form without leaving it', async () => {
    site.say({ extend: async () => ({ kind: 'extended', until: until + 30 * minute }) })
    await page.getByRole('button', { name: 'Extend by 30 min' }).click()
    await expect.poll(line).toBe('Access on until 13:03 UTC (50 min)')
    expect(await page.getByText('Extended: access is on until 13:03 UTC.').isVisible()).toBe(true)
    expect(await page.getByLabel('Comment').inputValue()).toBe('half a sentence')
  })

  test('says where to go on when one more step is needed', async () => {
    site.say({ extend: async () => ({ kind: 'step-up', activation: 'a', claims: '{}', returnTo: '/' }) })
    await page.getByRole('button', { name: 'Extend by 30 min' }).click()
    await page.getByText('Not extended. This takes one more step.').waitFor()
    expect(await page.getByLabel('Comment').inputValue()).toBe('half a sentence')
  })

  test('"End now" opens when Microsoft allows it', async () => {
    site.stays({ ...stay, plan: { ...stay.plan, from: now - 2 * minute } })
    await page.goto(site.at('/typing'))
    expect(await page.getByRole('button', { name: 'End now' }).getAttribute('aria-disabled')).toBe('true')
    await page.clock.fastForward('03:01')
    expect(await page.getByRole('link', { name: 'End now' }).isVisible()).toBe(true)
    expect(await page.getByText('Microsoft allows ending after').isVisible()).toBe(false)
  })
})

describe('the progress page', () => {
  const common = { since: now, minutes: 60, returnTo: '/typing' }
  let progress: Progress
  beforeEach(async () => {
    site.stays(stay)
    progress = { step: 'asking', ...common }
    site.say({ progress: async () => progress })
    await page.goto(site.at('/access/turning-on'))
  })

  test('counts, says each new step once, and goes in by itself', async () => {
    await page.clock.fastForward('00:03')
    expect(await page.locator('[data-since]').innerText()).toBe('3')
    progress = { step: 'accepted', acceptedAt: now, ...common }
    await page.clock.runFor(2_000)
    await expect.poll(() => page.locator('.tick.done').allInnerTexts()).toHaveLength(1)
    expect(await page.locator('main [data-politely]').innerText()).toContain('Waiting until it works here')
    progress = { step: 'in', returnTo: '/typing' }
    const loads: string[] = []
    page.on('request', asked => asked.isNavigationRequest() && loads.push(new URL(asked.url()).pathname))
    await page.clock.runFor(2_500)
    await page.waitForURL(site.at('/typing'))
    expect(loads).toEqual(['/access/turning-on', '/typing'])
  })

  test('shows a no as soon as there is one', async () => {
    site.say({ progress: async () => progress, ...offering({ kind: 'form', form }) })
    progress = { step: 'denied', by: 'Lee Park', comment: 'Use staging.', returnTo: '/typing' }
    await page.clock.runFor(2_500)
    await page.getByRole('heading', { name: 'Lee Park said no' }).waitFor()
  })
})

test('"Use these again" fills in what was typed the last time', async () => {
  site.say({ mine: async () => ({ recent: [], eligible: true, canTurnOn: form }) })
  await page.goto(site.at('/access'))
  await page.getByRole('button', { name: 'Use these again' }).click()
  expect(await page.getByLabel('Reason').inputValue()).toBe('Refund 8790 for a customer')
  expect(await page.getByLabel('Ticket').inputValue()).toBe('INC-20877')
  expect(visit.complaints()).toEqual([])
})
