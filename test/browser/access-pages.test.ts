import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Offer, Progress } from '../../src/pim/access.ts'
import { refusalOf } from '../../src/pim/refusals.ts'
import { type Browser, continueAs, openChromium, openWindow, type Page, type Window } from '../support/browser.ts'
import { type House, openHouse } from '../support/house.ts'
import { form, type HandMade, mine, minute, now, offering, openHandMade, waitingOne } from '../web/hand-made.ts'

const shots = fileURLToPath(new URL('../shots/', import.meta.url))
const looks = {
  light: { width: 1280, colorScheme: 'light', rules: 'all' },
  narrow: { width: 320, colorScheme: 'light', rules: [] },
  dark: { width: 1280, colorScheme: 'dark', rules: ['color-contrast'] },
} as const

let browser: Browser
let house: House
let pages: Awaited<ReturnType<typeof openHandMade>>
let oskar: Window
beforeAll(async () => {
  const settings = { ENVIRONMENT_NAME: 'Production', ENVIRONMENT_COLOUR: '#a4262c', PIM_SELF_SERVICE: 'on' }
  ;[browser, house] = await Promise.all([openChromium(), openHouse({ now: '2026-03-02T12:13:00Z', settings })])
  pages = await openHandMade(house)
  oskar = await openWindow(browser)
  await continueAs(oskar, await house.visitor('oskar'), house.baseUrl)
})
afterAll(async () => {
  await browser.close()
  await pages[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

const waiting = {
  since: now - 11 * minute,
  lapsesAt: now + 1429 * minute,
  reason: 'Refund 8841 for a customer, agreed with Lee',
  ticket: 'INC-20931',
  minutes: 60,
}
const approvers = ['Lee Park', 'Sam Okoro']
const approval = { ...form, needs: { passkey: false, approval: true, approvers } }
const typed = { reason: 'Refund', ticket: '', minutes: '60' }
const faulty = {
  ...form,
  typed,
  errors: { reason: 'Say what you are doing and for whom.', ticket: 'A ticket is needed, for example INC-20931.' },
}
const progressing = (progress: Progress, offer?: Offer): Partial<HandMade> => ({
  progress: async () => progress,
  ...(offer && offering(offer)),
})
const on = {
  from: now - 18 * minute,
  until: now + 42 * minute,
  always: false,
  reason: 'Refund 8841 for a customer',
  ticket: 'INC-20931',
  canEndAt: now - 13 * minute,
  extendMinutes: [30, 60, 120],
}
const recent = [
  { from: now - 7000 * minute, until: now - 6940 * minute, how: 'ran-out', reason: 'Refund 8790', minutes: 60 },
  { from: now - 9000 * minute, until: now - 8990 * minute, how: 'by-other', by: 'Lee Park', reason: 'Rota change' },
  { from: now - 9900 * minute, how: 'denied', by: 'Sam Okoro', reason: 'Look at the ledger', minutes: 30 },
] as const
const path = '/refunds/8841'
const turningOn = '/access/turning-on'
const common = { minutes: 60, returnTo: path, reference: '6aac3f20' }

/** Between them they have every colour there is: in the dark, contrast is measured on these. */
const colourful = [
  'access-form-problem',
  'access-waiting',
  'access-kept',
  'turning-on-accepted',
  'my-access-too-soon',
  'approval-comment',
  'approval-handled',
]
type State = [picture: string, path: string, said: Partial<HandMade>, posted?: Record<string, string>]
const states: State[] = [
  ['access-form', path, offering({ kind: 'form', form })],
  ['access-form-plain', path, offering({ kind: 'form', form: plain() })],
  ['access-form-approval', path, offering({ kind: 'form', form: approval })],
  ['access-form-problem', path, offering({ kind: 'form', form: { ...faulty, problem: refusalOf('ticket-needed') } })],
  ['access-waiting', path, offering({ kind: 'waiting', request: waiting, approvers })],
  ['access-not-eligible', path, offering({ kind: 'not-eligible' })],
  ['access-eligibility-ended', path, offering({ kind: 'not-eligible', endedAt: now - 40_000 * minute })],
  ['access-cannot-tell', path, offering({ kind: 'cannot-tell' })],
  ['access-unavailable', path, offering({ kind: 'unavailable', problem: refusalOf('app-lacks-permission') })],
  ['access-kept', '/kept-form/sessions/end?draft=x', offering({ kind: 'form', form })],
  ['turn-on-faulty', '/access', { turnOn: async () => ({ kind: 'form', offer: { kind: 'form', form: faulty } }) }, {}],
  ['turning-on-asking', turningOn, progressing({ step: 'asking', since: now - 3_000, ...common })],
  [
    'turning-on-accepted',
    turningOn,
    progressing({
      step: 'accepted',
      since: now - 9_000,
      acceptedAt: now - 7_000,
      steppedUpAt: now - 9_000,
      ...common,
    }),
  ],
  ['turning-on-longer', turningOn, progressing({ step: 'accepted', since: now - 40_000, acceptedAt: now, ...common })],
  ['turning-on-long', turningOn, progressing({ step: 'accepted', since: now - 130_000, acceptedAt: now, ...common })],
  ['turning-on-none', turningOn, progressing({ step: 'none', returnTo: path })],
  ['approval-waiting', turningOn, progressing({ step: 'waiting', approvers, returnTo: path, ...waiting })],
  [
    'approval-denied',
    turningOn,
    progressing(
      { step: 'denied', by: 'Lee Park', at: now - minute, comment: 'Use staging for this.', returnTo: path },
      { kind: 'form', form: { ...approval, typed: { ...typed, reason: waiting.reason } } },
    ),
  ],
  ['approval-lapsed', turningOn, progressing({ step: 'lapsed', returnTo: path }, { kind: 'form', form: approval })],
  [
    'turning-on-refused',
    turningOn,
    progressing({ step: 'refused', problem: refusalOf('step-up-cancelled'), returnTo: path }, { kind: 'form', form }),
  ],
  ['my-access-empty', '/access', {}],
  ['my-access-can', '/access', { mine: async () => ({ recent, eligible: true, canTurnOn: form }) }],
  ['my-access-on', '/access', { mine: async () => ({ on, recent, eligible: true }) }],
  [
    'my-access-too-soon',
    '/access',
    { mine: async () => ({ on: { ...on, canEndAt: now + minute }, recent, eligible: true }) },
  ],
  [
    'my-access-waiting',
    '/access',
    { mine: async () => ({ ...mine, eligible: true, waiting: { ...waiting, approvers } }) },
  ],
  ['end-access', '/access/end', { mine: async () => ({ ...mine, on }) }],
  ['end-access-too-soon', '/access/end', { mine: async () => ({ ...mine, on: { ...on, canEndAt: now + minute } }) }],
  [
    'not-extended',
    '/access/extend',
    { extend: async () => ({ kind: 'end-and-again', problem: refusalOf('already-on'), canEndAt: now }) },
    {},
  ],
  ['approvals', '/approvals', { list: async () => [waitingOne] }],
  ['approvals-empty', '/approvals', {}],
  ['approval', '/approvals/7', { one: async () => waitingOne }],
  [
    'approval-handled',
    '/approvals/7',
    {
      one: async () => ({
        ...waitingOne,
        state: 'handled',
        result: 'approved',
        handledBy: 'Sam Okoro',
        handledAt: now - minute,
      }),
    },
  ],
  ['approval-own', '/approvals/7', { one: async () => ({ ...waitingOne, isOwn: true }) }],
  [
    'approval-comment',
    '/approvals/7',
    {
      one: async () => waitingOne,
      decide: async () => ({ kind: 'form', errors: { comment: 'Say why.' } }),
    },
    { decision: 'deny' },
  ],
]

function plain() {
  const { last: _last, ...rest } = form
  return { ...rest, ticket: false, needs: { passkey: false, approval: false, approvers: [] } }
}

describe.each(states)('%s', (picture, path, said, posted) => {
  beforeAll(async () => {
    const { page } = oskar
    pages.say(said)
    if (!posted) return void (await page.goto(pages.at(path)))
    await page.goto(pages.at('/access'))
    await page.locator('form[action="/auth/sign-out"]').evaluate(
      (form, [action, fields]) => {
        Object.assign(form, { action })
        for (const [name, value] of Object.entries(fields))
          form.append(Object.assign(form.ownerDocument.createElement('input'), { type: 'hidden', name, value }))
        form.submit()
      },
      [path, posted] as const,
    )
    await page.waitForURL(pages.at(path))
    await page.waitForLoadState()
  })

  for (const [look, { width, colorScheme, rules }] of Object.entries(looks))
    test(`has nothing that axe finds, and nothing off its edge: ${look}`, async () => {
      const { page } = oskar
      await page.setViewportSize({ width, height: 720 })
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: `${shots}${picture}-${look}.png`, fullPage: true })
      expect(await page.locator('h1').count()).toBe(1)
      if (look !== 'dark' || colourful.includes(picture)) expect(await violationsOn(page, rules)).toEqual([])
      expect(await page.locator('html').evaluate(html => html.scrollWidth)).toBe(width)
    })

  test('keeps to its content security policy', () => {
    expect(oskar.complaints()).toEqual([])
  })
})

async function violationsOn(page: Page, rules: 'all' | readonly string[]): Promise<string[]> {
  if (rules.length === 0) return []
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const { violations } = await (rules === 'all' ? axe : axe.withRules([...rules])).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
}

/** Alice's access began at 12:05 and ends at 13:05. */
const plan = { askedAt: now, from: now - 8 * minute, until: now + 52 * minute }
const bars: [picture: string, at: string, line: string, note: boolean][] = [
  ['bar-first', '12:06:30', 'Access on until 13:05 UTC (58 min)', false],
  ['bar-on', '12:22:30', 'Access on until 13:05 UTC (42 min)', false],
  ['bar-soon', '12:52:30', 'Access ends in 12 min, at 13:05 UTC', false],
  ['bar-near', '13:00:30', 'Access ends in 4 min, at 13:05 UTC', true],
  ['bar-last', '13:04:30', 'Access ends in less than a minute, at 13:05 UTC', true],
]
describe.each(bars)('%s', (picture, at, line, note) => {
  for (const javaScriptEnabled of [true, false])
    test(`says the same with and without script (script: ${javaScriptEnabled})`, async () => {
      await using visit = await openWindow(browser, { javaScriptEnabled, reducedMotion: 'reduce' })
      house.clock.set(`2026-03-02T${at.padEnd(8, ':00')}Z`)
      pages.stays({ plan, until: plan.until })
      const alice = await house.visitor('alice')
      await continueAs(visit, alice, house.baseUrl)
      const { page } = visit
      await page.goto(pages.at('/'))
      const bar = page.getByRole('region', { name: 'Access' })
      expect((await bar.locator('.access-line').innerText()).replace(/\s+/g, ' ').trim()).toBe(line)
      expect(await page.title()).toMatch(line.includes('ends in') ? /^\(<?\d+ min\) Your access/ : /^Your access/)
      expect(await bar.getByText('What you type on this page is kept if access ends.').isVisible()).toBe(note)
      expect(await bar.getByText('Microsoft allows ending after 12:10 UTC').isVisible()).toBe(at === '12:06:30')
      for (const [look, { width, colorScheme, rules }] of Object.entries(looks)) {
        await page.setViewportSize({ width, height: 720 })
        await page.emulateMedia({ colorScheme })
        await page.screenshot({ path: `${shots}${picture}-${look}.png` })
        if (javaScriptEnabled && look !== 'light') expect(await violationsOn(page, rules)).toEqual([])
        expect(await page.locator('html').evaluate(html => html.scrollWidth)).toBe(width)
      }
    })
})
