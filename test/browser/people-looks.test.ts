import { afterAll, expect } from 'vitest'
import { continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import { openPeople, reader } from '../web/administration/at-people.ts'
import { faultsIn, widthOf } from './looks.ts'

const hostile = `<script>alert(1)</script>${'Unbreakable'.repeat(30)}`
let window: Window
const test = testInBrowser(() =>
  openPeople({
    settings: { ENVIRONMENT_NAME: 'Production', ENVIRONMENT_COLOUR: '#a4262c', AUTH_CONTEXT_ID: 'c1' },
    tenant: {
      switches: {
        appPermissions: [
          ...['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All'],
          ...['Application.Read.All', 'Policy.Read.All'],
        ],
      },
    },
  }),
)
test.beforeAll(async ({ browser }) => {
  window = await openWindow(browser)
})
afterAll(() => window[Symbol.asyncDispose]())

test('an administrator looks at who has access, ends access, and keeps a permission', async ({ house }) => {
  const { page } = window
  // The policy of the tenant does not ask administrators every time.
  await house.services.dailyCheck.look()
  house.tenant.addDirectly('oskar')
  house.tenant.assign('lena', { minutes: 14_400, reason: hostile })
  house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8841', how: 'activated' })
  house.tenant.makeEligible('guido', { until: new Date('2026-03-09T12:00:00Z') })
  const ada = await reader(house)
  await house.visitor('ben')
  await continueAs(window, ada, house.baseUrl)
  await page.goto(`${house.baseUrl}/people`)
  await page.getByText('not through PIM').first().waitFor()
  expect(await faultsIn(window, 'people')).toEqual([])
  await page.getByText('in the set-up in Microsoft Entra').click()
  expect(await faultsIn(window, 'people-set-up')).toEqual([])
  await page.setViewportSize({ width: 360, height: 720 })
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/people-360.png`, fullPage: true })
  expect(await widthOf(page)).toBe(360)

  for (const list of ['Can turn on', 'Waiting', 'Ends within 14 days']) {
    await page.getByRole('link', { name: new RegExp(`^${list}`) }).click()
    expect(await faultsIn(window, `people-${list.replaceAll(' ', '-').toLowerCase()}`)).toEqual([])
  }
  await page.goto(`${house.baseUrl}/people?show=can&find=ben`)
  await page.getByRole('link', { name: /^Keep/ }).click()
  expect(await faultsIn(window, 'people-keep')).toEqual([])
  await page.getByLabel('Comment').fill('Still on the refunds rota')
  await page.getByRole('button', { name: 'Keep the permission' }).click()
  await page.getByText('Ben Okafor keeps the permission.').waitFor()

  await page.goto(`${house.baseUrl}/people?find=ben`)
  await page.getByRole('link', { name: /^End : Ben/ }).click()
  await page.getByRole('button', { name: 'End access now' }).click()
  expect(await faultsIn(window, 'people-end')).toEqual([])
  await page.getByLabel('Why').fill('Use staging for this')
  await page.getByRole('button', { name: 'End access now' }).click()
  await page.getByText('The access of Ben Okafor has ended here.').waitFor()
  expect(await faultsIn(window, 'people-ended')).toEqual([])
})
