import { afterAll, expect } from 'vitest'
import { managedGroups } from '../../infra/tenant/directory/managed.ts'
import { continueAs, openWindow, signInAs, testInBrowser, type Window } from '../support/browser.ts'
import { openHouse } from '../support/house.ts'
import { faultsIn } from './looks.ts'

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  `<script>alert(1)</script>${'Unbreakable'.repeat(40)}`,
]
let window: Window
const test = testInBrowser(() =>
  openHouse({
    now: '2026-03-02T12:00:00Z',
    settings: {
      ADMIN_GROUP_ID: managedGroups.administrators,
      AUDITOR_GROUP_ID: managedGroups.auditors,
      ADMIN_GROUP_NAME: 'Access administrators',
      ADMIN_AUTH_CONTEXT_ID: 'c3',
      TRUST_PROXY: '1',
      ENVIRONMENT_NAME: 'Production',
      ENVIRONMENT_COLOUR: '#a4262c',
    },
  }),
)
test.beforeAll(async ({ browser }) => {
  window = await openWindow(browser)
})
afterAll(() => window[Symbol.asyncDispose]())

test('an administrator looks at all sessions, ends those of a person, and sees what became of it', async ({
  house,
}) => {
  const { page } = window
  for (const userAgent of agents) await house.visitor('alice', { userAgent })
  const mona = await house.visitor('mona')
  house.clock.advance({ minutes: 7 })
  await mona.get('/', { headers: { 'X-Forwarded-For': '2001:db8:85a3:8d3:1319:8a2e:370:7348' } })
  const ada = await house.visitor('ada')
  await ada.follow('/sessions/everyone/end?all=others')
  await continueAs(window, ada, house.baseUrl)
  await page.goto(`${house.baseUrl}/sessions/everyone`)
  await page.getByText('2001:db8').waitFor()
  expect(await faultsIn(window, 'everyone')).toEqual([])

  await page
    .getByRole('link', { name: /^End all 2/ })
    .first()
    .click()
  expect(await faultsIn(window, 'everyone-end')).toEqual([])
  await page.getByLabel('Reason').fill('no')
  await page.getByRole('button', { name: 'End all of this person' }).click()
  expect(await faultsIn(window, 'everyone-end-refused')).toEqual([])
  await page.getByLabel('Reason').fill('Alice lost both her laptops')
  await page.getByRole('button', { name: 'End all of this person' }).click()
  await page.getByText('2 sessions have ended.').waitFor()
  expect(await faultsIn(window, 'everyone-ended')).toEqual([])
})

test('a person reads after signing in again who ended their session', async ({ house }) => {
  const { page } = window
  await house.visitor('alice')
  const ada = await house.visitor('ada')
  await ada.follow('/sessions/everyone/end?all=others')
  await ada.post('/sessions/everyone/end', { all: 'others', comment: 'We were told of a stolen laptop' })
  await page.context().clearCookies()
  await page.goto(house.baseUrl)
  await signInAs(page, 'alice')
  await page.getByText('ended your session at').waitFor()
  expect(await faultsIn(window, 'everyone-farewell')).toEqual([])
})
