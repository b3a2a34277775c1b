import { afterAll, describe, expect } from 'vitest'
import { continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { askedOf, openSelfService, someoneIn, turnOn, turnOnWithPasskey, until, wish } from '../support/self-service.ts'
import type { Visitor } from '../support/visitor.ts'
import { faultsIn } from './looks.ts'
import { withRefunds } from './refund-page.ts'

let window: Window
const test = testInBrowser(async () => {
  const { table } = await withRefunds()
  const settings = { ENVIRONMENT_NAME: 'Production', ENVIRONMENT_COLOUR: '#a4262c', MEMBERSHIP_ROSTER: 'on' }
  return openSelfService({ pages: table, settings })
})
test.beforeAll(async ({ browser }) => {
  window = await openWindow(browser)
})
afterAll(() => window[Symbol.asyncDispose]())

/** What was done for one page is over before the next one: access, requests, the policy and what went wrong. */
function anotherDay(house: House) {
  house.clock.advance({ hours: 26 })
  house.tenant.set({ tokenLagSeconds: 0, extension: 'accepted', graphError: undefined, consentMissing: [] })
  house.tenant.setPolicy({ ticket: false, context: false, approval: false })
}
const policy = (house: House, rules: Parameters<House['tenant']['setPolicy']>[0]) => {
  house.tenant.setPolicy(rules)
  // Rules are remembered for a minute.
  house.clock.advance({ seconds: 61 })
}
const approval = { approvers: ['lena', 'ada'] }
const passes = (house: House, seconds: number) => house.clock.advance({ seconds })

type Shown = Promise<{ as: Visitor; path: string; act?: (page: Window['page']) => Promise<unknown> }>
const press = (name: string) => async (page: Window['page']) => {
  const before = await page.evaluate('performance.timeOrigin')
  await page.getByRole('button', { name }).first().click()
  await expect.poll(() => page.evaluate('performance.timeOrigin').catch(() => before)).not.toBe(before)
  await page.waitForLoadState()
}
const turningOn = '/access/turning-on'
const ben = (house: House) => house.visitor('ben')
const asking = async (house: House, lag: number) => {
  house.tenant.set({ tokenLagSeconds: 600 })
  policy(house, { context: 'c1' })
  const as = await ben(house)
  await turnOnWithPasskey(as, '/refunds/8841')
  passes(house, lag)
  return { as, path: turningOn }
}
const waiting = async (house: House, act?: (id: string, as: Visitor) => unknown, path = turningOn) => {
  policy(house, { approval })
  const as = await ben(house)
  await turnOn(as, '/refunds/8841')
  passes(house, 420)
  await act?.(askedOf(house).at(-1)?.id ?? '', as)
  return { as, path }
}
const on = async (house: House, minutesLeft: number, path = '/refunds/8841') => {
  const as = await someoneIn(house)
  passes(house, (60 - minutesLeft) * 60 - 5)
  return { as, path }
}
const approver = async (house: House, act?: (id: string) => unknown, path = (id: string) => `/approvals/${id}`) => {
  await waiting(house, act)
  return { as: await house.visitor('lena'), path: path(askedOf(house).at(-1)?.id ?? '') }
}
const fails = (house: House, what: '503' | 'refusal', more: object = {}) =>
  house.tenant.set({ graphError: { what, where: 'requests', when: 'always', ...more } })

const states: [picture: string, heading: string | RegExp, show: (house: House) => Shown][] = [
  ['refused-form', 'Turn on access to continue', async house => ({ as: await ben(house), path: '/refunds/8841' })],
  [
    'refused-ticket',
    'Turn on access to continue',
    async house => {
      policy(house, { ticket: true, context: 'c1' })
      return { as: await ben(house), path: '/refunds/8841' }
    },
  ],
  [
    'refused-mistakes',
    'Turn on access',
    async house => {
      policy(house, { ticket: true, context: 'c1' })
      return { as: await ben(house), path: '/refunds/8841', act: press('Turn on access') }
    },
  ],
  [
    'refused-approval',
    'Ask for access',
    async house => {
      policy(house, { approval })
      return { as: await ben(house), path: '/refunds/8841' }
    },
  ],
  [
    'refused-passkey-cancelled',
    'Turn on access to continue',
    async house => {
      policy(house, { context: 'c1' })
      const as = await ben(house)
      await as.answer(await turnOn(as, '/refunds/8841'), { cancel: '1' })
      return { as, path: '/refunds/8841' }
    },
  ],
  [
    'refused-not-eligible',
    'You do not have access to Payments administrators',
    async house => ({ as: await house.visitor('oskar'), path: '/refunds/8841' }),
  ],
  [
    'refused-eligibility-ended',
    /^Your permission to turn on access ended on/,
    async house => {
      house.tenant.makeEligible('guido', { until: new Date(house.clock.read().getTime() + 60_000) })
      passes(house, 7_200)
      return { as: await house.visitor('guido'), path: '/refunds/8841' }
    },
  ],
  ['refused-waiting', /^Waiting for approval since/, house => waiting(house, undefined, '/refunds/8841')],
  [
    'refused-cannot-check',
    'We cannot check access right now',
    async house => {
      const as = await ben(house)
      fails(house, '503', { where: 'eligibility' })
      return { as, path: '/refunds/8841' }
    },
  ],
  [
    'refused-unavailable',
    'You do not have access right now',
    async house => {
      const as = await ben(house)
      fails(house, 'refusal', { where: 'eligibility', code: 'PermissionScopeNotGranted', status: 403 })
      return { as, path: '/refunds/8841' }
    },
  ],
  [
    'refused-after-another-account',
    'Another account came back',
    async house => {
      policy(house, { context: 'c1' })
      const as = await ben(house)
      const act = async (page: Window['page']) => {
        await page.getByLabel('Reason').fill(wish.reason)
        await press('Turn on access')(page)
        await page.getByRole('radio', { name: /Alice/ }).check()
        await press('Sign in with a passkey')(page)
      }
      return { as, path: '/refunds/8841', act }
    },
  ],
  ['turning-on', 'Turning on access', house => asking(house, 8)],
  ['turning-on-longer', 'Turning on access', house => asking(house, 40)],
  ['turning-on-long', 'Turning on access', house => asking(house, 130)],
  ['turning-on-nothing', 'Nothing is being turned on', async house => ({ as: await ben(house), path: turningOn })],
  ['turning-on-waiting', 'Waiting for approval', house => waiting(house)],
  [
    'turning-on-denied',
    /^Lena Fischer said no at/,
    house => waiting(house, id => house.tenant.deny(id, 'lena', 'Use staging for this.')),
  ],
  [
    'turning-on-lapsed',
    'Nobody answered in 24 hours',
    async house => {
      await waiting(house, () => passes(house, 86_400))
      return { as: await ben(house), path: turningOn }
    },
  ],
  ['turning-on-cancelled', 'You cancelled it', house => waiting(house, (_id, as) => as.post('/access/cancel'))],
  [
    'turning-on-refused',
    'Access was not turned on',
    async house => {
      const as = await ben(house)
      fails(house, 'refusal', { method: 'POST', code: 'AadPremiumLicenseRequired', status: 403 })
      await turnOn(as, '/refunds/8841')
      return { as, path: turningOn }
    },
  ],
  [
    'turn-on-refused',
    'Turn on access',
    async house => {
      const as = await ben(house)
      fails(house, 'refusal', { method: 'POST', code: 'AadPremiumLicenseRequired', status: 403 })
      const act = async (page: Window['page']) => {
        await page.getByLabel('Reason').fill(wish.reason)
        await press('Turn on access')(page)
      }
      return { as, path: '/refunds/8841', act }
    },
  ],
  ['bar-first-minutes', 'Refund 8841', house => on(house, 58)],
  ['bar-on', 'Refund 8841', house => on(house, 42)],
  ['bar-soon', 'Refund 8841', house => on(house, 14)],
  ['bar-near', 'Refund 8841', house => on(house, 4)],
  ['bar-last', 'Refund 8841', house => on(house, 1)],
  ['end-confirmation', 'End access now?', house => on(house, 42, '/access/end')],
  ['end-too-soon', 'End access now?', house => on(house, 58, '/access/end')],
  [
    'end-refused',
    'Access was not ended',
    async house => {
      const shown = await on(house, 42, '/access/end')
      fails(house, 'refusal', { method: 'POST', code: 'ActiveDurationTooShort' })
      return { ...shown, act: press('End access now') }
    },
  ],
  [
    'not-extended',
    'Access was not extended',
    async house => {
      house.tenant.set({ extension: 'refused' })
      return { ...(await on(house, 4)), act: press('Extend by 30 min') }
    },
  ],
  [
    'not-extended-for-another-reason',
    'Access was not extended',
    async house => {
      const shown = await on(house, 4)
      fails(house, 'refusal', { method: 'POST', code: 'AadPremiumLicenseRequired', status: 403 })
      return { ...shown, act: press('Extend by 30 min') }
    },
  ],
  ['my-access-empty', 'My access', async house => ({ as: await house.visitor('oskar'), path: '/access' })],
  ['my-access-can-turn-on', 'My access', async house => ({ as: await ben(house), path: '/access' })],
  ['my-access-on', 'My access', house => on(house, 42, '/access')],
  ['my-access-first-minutes', 'My access', house => on(house, 58, '/access')],
  [
    'my-access-extended',
    'My access',
    async house => {
      const shown = await on(house, 10, '/access')
      await shown.as.post('/access/extend', { minutes: '60' })
      return shown
    },
  ],
  ['my-access-waiting', 'My access', house => waiting(house, undefined, '/access')],
  ['my-access-always', 'My access', async house => ({ as: await house.visitor('ada'), path: '/access' })],
  [
    'my-access-unknown',
    'My access',
    async house => {
      const as = await ben(house)
      fails(house, '503')
      return { as, path: '/access' }
    },
  ],
  ['approvals-empty', 'Approvals', async house => ({ as: await house.visitor('lena'), path: '/approvals' })],
  ['approvals', 'Approvals', house => approver(house, undefined, () => '/approvals')],
  ['approval', 'Ben Okafor asks for access', house => approver(house)],
  [
    'approval-without-comment',
    'Ben Okafor asks for access',
    async house => ({ ...(await approver(house)), act: press('Deny') }),
  ],
  [
    'approval-handled',
    'Ben Okafor asks for access',
    house => approver(house, id => house.tenant.deny(id, 'ada', 'Not today')),
  ],
  [
    'approval-own',
    'Ben Okafor asks for access',
    async house => {
      policy(house, { approval: { approvers: ['ben', 'lena'] } })
      const as = await ben(house)
      await turnOn(as, '/refunds/8841')
      return { as, path: `/approvals/${askedOf(house).at(-1)?.id}` }
    },
  ],
  [
    'ended-ran-out',
    /^Access ran out at/,
    async house => {
      const shown = await on(house, 1)
      await shown.as.get('/refunds/8841')
      passes(house, 90)
      return shown
    },
  ],
  [
    'ended-by-you',
    /^You ended access at/,
    async house => {
      const shown = await on(house, 42)
      await shown.as.post('/access/end')
      return shown
    },
  ],
  [
    'ended-by-somebody',
    /./,
    async house => {
      const shown = await on(house, 42)
      house.tenant.end('ben', 'No longer needed')
      passes(house, 61)
      return shown
    },
  ],
  [
    'ended-by-name',
    /^Ada Nakamura ended your access at/,
    async house => {
      house.tenant.set({ identityNames: 'all' })
      const shown = await on(house, 42)
      house.tenant.end('ben', 'No longer needed')
      passes(house, 61)
      return shown
    },
  ],
  [
    'extended',
    'My access',
    async house => {
      const shown = await on(house, 10, '/access')
      await shown.as.post('/access/extend', { minutes: '30' })
      return shown
    },
  ],
  [
    'extended-already',
    'Access was not extended',
    async house => {
      const shown = await on(house, 10)
      const act = async (page: Window['page']) => {
        await shown.as.post('/access/extend', { minutes: '30' })
        await press('Extend by 30 min')(page)
      }
      return { ...shown, act }
    },
  ],
  [
    'end-unanswered',
    'We do not know yet whether access was ended',
    async house => {
      const shown = await on(house, 42, '/access/end')
      house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
      return { ...shown, act: press('End access now') }
    },
  ],
  [
    'end-open',
    'My access',
    async house => {
      const shown = await on(house, 42, '/access')
      house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
      await shown.as.post('/access/end')
      return shown
    },
  ],
  [
    'on-elsewhere',
    'My access',
    async house => {
      const as = await ben(house)
      await as.get('/')
      house.tenant.set({ tokenLagSeconds: 600 })
      house.tenant.activate('ben', { minutes: 60, reason: 'Turned on in the portal' })
      return { as, path: '/access' }
    },
  ],
  [
    'kept-refused',
    /./,
    async house => {
      const as = await someoneIn(house)
      const act = async (page: Window['page']) => {
        await page.getByLabel('Note').fill('First line\nSecond line')
        passes(house, 3_601)
        await press('Refund')(page)
      }
      return { as, path: '/refunds/8841', act }
    },
  ],
  [
    'kept-shown',
    'Send what you typed?',
    async house => {
      const as = await ben(house)
      const refused = await as.post('/refunds/8841', { note: `${'A long note. '.repeat(40)}\n退款 🔑\n\n<b>"end"</b>` })
      const link = refused.text.match(/name="returnTo" value="([^"]*)"/)?.[1] ?? ''
      await turnOn(as, link)
      await until(house, as, 'in')
      return { as, path: link }
    },
  ],
  [
    'one-more-check',
    'One more check, then send it',
    async house => {
      const as = await someoneIn(house)
      const act = async (page: Window['page']) => {
        await page.locator('main form').evaluate(form => Object.assign(form, { action: '/refunds/8841/large' }))
        await press('Refund')(page)
      }
      return { as, path: '/refunds/8841', act }
    },
  ],
]

describe('nothing is wrong with the look of', () => {
  // First: later it lists the mails of all those days.
  test('the page of the local tenant on which one plays the PIM administrator', async ({ browser, house }) => {
    anotherDay(house)
    await waiting(house)
    await using tenant = await openWindow(browser)
    await tenant.page.goto(`${house.tenant.origin}/pim`)
    expect(await faultsIn(tenant, 'tenant-pim')).toEqual([])
  })

  test.for(states)('%s', async ([picture, heading, show], { house }) => {
    // The page before may be asking how things stand.
    await window.page.goto('about:blank')
    anotherDay(house)
    const { as, path, act } = await show(house)
    await window.context.clearCookies()
    await continueAs(window, as, house.baseUrl)
    await window.page.setViewportSize({ width: 1280, height: 720 })
    await window.page.goto(house.baseUrl + path)
    await act?.(window.page)
    const shown = (await window.page.getByRole('heading', { level: 1 }).innerText()).replace(/\s+/g, ' ')
    if (typeof heading === 'string') expect(shown).toBe(heading)
    else expect(shown).toMatch(heading)
    expect(await faultsIn(window, picture)).toEqual([])
  })

  test('the line on a page that was open when access ended', async ({ browser, house }) => {
    anotherDay(house)
    const { as, path } = await on(house, 1)
    await using open = await openWindow(browser)
    await continueAs(open, as, house.baseUrl)
    await open.page.clock.install({ time: house.clock.read() })
    await open.page.goto(house.baseUrl + path)
    passes(house, 70)
    await open.page.clock.fastForward(70_000)
    await open.page.getByRole('link', { name: /^Turn it on again/ }).waitFor()
    expect(await faultsIn(open, 'bar-over')).toEqual([])
  })
})

test('while Microsoft does not answer, My access says of nothing how it stands', async ({ house }) => {
  await window.page.goto('about:blank')
  anotherDay(house)
  const as = await ben(house)
  fails(house, '503')
  await window.context.clearCookies()
  await continueAs(window, as, house.baseUrl)
  await window.page.goto(`${house.baseUrl}/access`)
  const sections = await window.page.locator('main section p').allInnerTexts()
  expect(new Set(sections)).toEqual(new Set(['We cannot say right now.']))
})
