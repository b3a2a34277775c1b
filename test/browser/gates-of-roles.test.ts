import { describe, expect } from 'vitest'
import { managedGroups } from '../../infra/tenant/directory/managed.ts'
import { type Page, testInBrowser } from '../support/browser.ts'
import { gatesFile } from '../support/gates-file.ts'
import { askedOf } from '../support/self-service.ts'
import { openThreeGates } from '../support/three-gates.ts'
import { openPerson, reason, secondsUntil } from './person.ts'
import { withRefunds } from './refund-page.ts'

const role = 'Payments.Operate'
const title = 'Payments operators'
const refunds = '/refunds/8841'
const main = (page: Page) => page.locator('main').innerText()
const open = (carriedBy: { group?: string }) => async () => {
  const { table } = await withRefunds('operators')
  return openThreeGates({
    pages: table.filter(({ requirement: { audience } }) => audience !== 'auditors'),
    settings: { GATES_FILE: gatesFile([{ name: 'operators', title, role, ...carriedBy }]) },
  })
}

const alone = testInBrowser(open({}))
const carried = testInBrowser(open({ group: managedGroups.operators }))

describe('a gate of a role alone', () => {
  alone.afterEach(({ house }) => house.tenant.reset())

  alone('says on its page that nobody turns it on here', async ({ browser, house }) => {
    await using alice = await openPerson(browser, house, 'alice', { path: refunds })
    expect(await main(alice.page)).toMatch(/Payments operators/)
    expect(await alice.page.getByRole('button', { name: 'Turn on access' }).count()).toBe(0)
    expect(await main(alice.page)).toContain('Nobody turns on this role here')
  })

  alone(
    'lets in who has the role, shows no end, and says on My access that nothing is turned on or ended there',
    async ({ browser, house }) => {
      house.tenant.roles.assign({ role, person: 'ben' })
      await using ben = await openPerson(browser, house, 'ben', { path: refunds })
      expect(await ben.heading()).toBe('Refund 8841')
      expect(await ben.page.getByText('Access on until').count()).toBe(0)
      await ben.page.goto(`${house.baseUrl}/access`)
      expect(await main(ben.page)).toMatch(
        /Payments operators\s+Access is on for you\. It is not turned on or ended here\./,
      )
      expect(ben.faults()).toEqual([])
    },
  )

  alone('is closed to a person whose role is lost, at the next look', async ({ browser, house }) => {
    house.tenant.roles.assign({ role, person: 'ben' })
    await using ben = await openPerson(browser, house, 'ben', { path: refunds })
    house.tenant.roles.unassign({ role, person: 'ben' })
    house.clock.advance({ seconds: 61 })
    await ben.page.reload()
    expect(await main(ben.page)).toContain('Nobody turns on this role here')
    expect(await ben.page.getByLabel('Note').count()).toBe(0)
  })
})

describe('a gate of a role that a group carries', () => {
  carried.beforeEach(({ house }) => {
    house.tenant.reset()
    house.tenant.roles.assign({ role, group: 'operators' })
  })

  carried('is turned on with one touch, and has the line with its end', async ({ browser, house }) => {
    await using alice = await openPerson(browser, house, 'alice', { path: refunds })
    await alice.page.getByLabel('Reason').fill(reason)
    await alice.page.getByRole('button', { name: 'Turn on access' }).click()
    await alice.page.getByRole('button', { name: 'Use the passkey' }).click()
    await alice.page.waitForURL(`${house.baseUrl}/**`)
    await secondsUntil(alice, refunds)
    expect(await alice.page.getByRole('region', { name: 'Access', exact: true }).innerText()).toMatch(
      /Payments operators · Access on until/,
    )
    expect(askedOf(house, 'alice').at(-1)).toMatchObject({ group: 'operators', reason })
  })

  carried('tells a person who was given the role past PIM that it is not through PIM', async ({ browser, house }) => {
    house.tenant.roles.assign({ role, person: 'oskar' })
    await using oskar = await openPerson(browser, house, 'oskar', { path: refunds })
    expect(await oskar.heading()).toBe('Refund 8841')
    await oskar.page.goto(`${house.baseUrl}/access`)
    expect(await main(oskar.page)).toMatch(/Payments operators\s+Not through PIM\./)
  })
})
