import { afterAll, describe, expect } from 'vitest'
import { continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import type { House } from '../support/house.ts'
import { someoneIn, turnOn, turnOnWithPasskey, wish } from '../support/self-service.ts'
import { openThreeGates } from '../support/three-gates.ts'
import type { Visitor } from '../support/visitor.ts'
import { faultsIn } from './looks.ts'

let window: Window
const test = testInBrowser(() =>
  openThreeGates({ settings: { ENVIRONMENT_NAME: 'Production', ENVIRONMENT_COLOUR: '#a4262c' } }),
)
test.beforeAll(async ({ browser }) => {
  window = await openWindow(browser)
})
afterAll(() => window[Symbol.asyncDispose]())

type Shown = Promise<{ as: Visitor; path: string; act?: (page: Window['page']) => Promise<unknown> }>

const operators = { gate: 'operators' }
const withoutChecks = (house: House) => {
  for (const group of ['members', 'operators'] as const) house.tenant.setPolicy({ group, context: false })
  house.clock.advance({ seconds: 61 })
}
/** Ben, in at members for an hour and at operators for half an hour. */
async function inAtBoth(house: House): Promise<Visitor> {
  withoutChecks(house)
  const ben = await someoneIn(house)
  await turnOn(ben, '/refunds', { ...operators, minutes: '30' })
  house.clock.advance({ minutes: 7 })
  await ben.follow('/access')
  return ben
}

const states: [picture: string, heading: string | RegExp, show: (house: House) => Shown][] = [
  [
    'gates-refused-role',
    'Turn on access to continue',
    async house => ({ as: await house.visitor('alice'), path: '/refunds' }),
  ],
  ['gates-my-access-two-to-turn-on', 'My access', async house => ({ as: await house.visitor('ben'), path: '/access' })],
  [
    'gates-my-access-tick-missing',
    'My access',
    async house => ({
      as: await house.visitor('ben'),
      path: '/access',
      act: async page => {
        await page.getByLabel('Reason').fill(wish.reason)
        await page.getByRole('button', { name: 'Turn on access' }).click()
        await page.getByText('Tick at least one.').first().waitFor()
      },
    }),
  ],
  [
    'gates-turning-on-together',
    'Turning on access',
    async house => {
      house.tenant.set({ tokenLagSeconds: 600 })
      const as = await house.visitor('ben')
      await turnOnWithPasskey(as, '/refunds', { together: 'yes', gate: ['members', 'operators'] })
      house.clock.advance({ seconds: 8 })
      return { as, path: '/access/turning-on?gate=members&gate=operators&returnTo=%2Frefunds' }
    },
  ],
  ['gates-my-access-on-at-two', 'My access', async house => ({ as: await inAtBoth(house), path: '/access' })],
  ['gates-line-that-another-ends-sooner', 'Your access', async house => ({ as: await inAtBoth(house), path: '/' })],
  ['gates-end', 'End access now?', async house => ({ as: await inAtBoth(house), path: '/access/end?gate=operators' })],
  [
    'gates-approvals',
    'Approvals',
    async house => {
      house.tenant.setPolicy({ group: 'operators', context: false, approval: { approvers: ['lena'] } })
      await turnOn(await house.visitor('alice'), '/refunds', operators)
      return { as: await house.visitor('lena'), path: '/approvals' }
    },
  ],
]

describe.each(states)('the page %s', (picture, heading, show) => {
  test('has nothing wrong with it, narrow, dark and wide', async ({ house }) => {
    // A page that waits would go on asking, for a session that is over by then.
    await window.page.goto('about:blank')
    house.tenant.reset()
    house.clock.advance({ hours: 26 })
    const { as, path, act } = await show(house)
    const { page } = window
    await continueAs(window, as, house.baseUrl)
    await page.goto(house.baseUrl + path)
    await act?.(page)
    expect(await page.locator('h1').textContent()).toMatch(heading)
    expect(await faultsIn(window, picture)).toEqual([])
  })
})
