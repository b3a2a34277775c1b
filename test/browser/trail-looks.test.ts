import { generateKeyPairSync } from 'node:crypto'
import { afterAll, describe, expect } from 'vitest'
import { managedGroups } from '../../infra/tenant/directory/managed.ts'
import type { AuditRecord } from '../../src/audit/trail.ts'
import { continueAs, openWindow, testInBrowser, type Window } from '../support/browser.ts'
import { openHouse } from '../support/house.ts'
import { hostile } from './components-page.ts'
import { faultsIn, widthOf } from './looks.ts'

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
let window: Window
const test = testInBrowser(() =>
  openHouse({ settings: { AUDITOR_GROUP_ID: managedGroups.auditors, AUDIT_SIGNING_KEY: key } }),
)

const ana = { objectId: 'f2b1a0de-3a0c-4c35-9a7e-6f1f5a9d0b11', name: 'Ana Costa', username: 'ana@contoso.example' }
const eve = { objectId: 'oid-eve', name: hostile.long, username: hostile.rtl }
const turnedOn = {
  ...{ act: 'act-1', gate: 'members', actor: ana, reason: 'Refund 8841', ticket: 'INC-20931', minutes: 60 },
  ...{ request: '7f9f0c5e-1d7b-4d0f-9a56-0c1f6b1c2a3d', address: '192.0.2.7', context: 'c1', reference: '7K2M9QXR' },
}
const records: AuditRecord[] = [
  { event: 'activationRequested', ...turnedOn },
  { event: 'activationCompleted', ...turnedOn, status: 'Provisioned', by: { objectId: 'oid-kim', name: 'Kim Roe' } },
  { event: 'signedIn', actor: { objectId: 'oid-gone', name: 'Gone Person' } },
  {
    event: 'removalCompleted',
    kind: 'active',
    gate: 'members',
    actor: ana,
    subject: eve,
    reason: hostile.script,
    ticket: hostile.id,
  },
  { event: 'auditShortened', from: 12, to: 15 },
  ...Array.from({ length: 110 }, () => ({
    event: 'wrote',
    gate: 'members',
    actor: ana,
    page: '/refunds/:id',
    method: 'POST',
    status: 303,
  })),
  { event: 'refused', gate: 'members', subject: ana, code: 'access-ended' },
]

test.beforeAll(async ({ browser, house }) => {
  const { ledger } = house.services
  for (const record of records) await ledger.append(record)
  await ledger.erase('oid-gone')
  for (let size = 0; size < records.length; size = (await ledger.checkpoint()).size) await ledger.look()
  house.tenant.assign('oskar', { minutes: 60, reason: 'The yearly audit', group: 'auditors' })
  window = await openWindow(browser)
  await continueAs(window, await house.visitor('oskar'), house.baseUrl)
})
afterAll(() => window[Symbol.asyncDispose]())

const pages: [picture: string, path: string, unfold: boolean][] = [
  ['trail', '/trail', true],
  ['trail-filtered', '/trail?person=ana&act=giving&from=2020-01-01&ticket=7f9', false],
  ['trail-older', '/trail?before=20', false],
  ['trail-empty', '/trail?gate=members&text=nowhere', false],
  ['trail-record', '/trail/1', true],
  ['trail-record-erased', '/trail/2', false],
]

describe('the pages of the trail are without a fault, whichever way one looks', () => {
  test.for(pages)('%s', async ([picture, path, unfold], { house }) => {
    const { page } = window
    await page.goto(house.baseUrl + path)
    if (unfold) for (const details of await page.locator('details').all()) await details.locator('summary').click()
    expect(await faultsIn(window, picture)).toEqual([])
    await page.setViewportSize({ width: 360, height: 720 })
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${picture}-360.png`, fullPage: true })
    expect(await widthOf(page)).toBe(360)
  })
})

test('a filter is used, and a record is opened, without script', async ({ browser, house }) => {
  await using plain = await openWindow(browser, { javaScriptEnabled: false })
  await continueAs(plain, await house.visitor('oskar'), house.baseUrl)
  await plain.page.goto(`${house.baseUrl}/trail`)
  await plain.page.getByLabel('Person or object id').fill('ana')
  await plain.page.getByLabel('What', { exact: true }).selectOption('turning-on')
  await plain.page.getByRole('button', { name: 'Show' }).click()
  expect(await plain.page.getByRole('row').count()).toBe(3)
  await plain.page.getByRole('link', { name: '1', exact: true }).click()
  expect(await plain.page.getByRole('heading', { level: 1 }).textContent()).toBe('Record 1')
})
