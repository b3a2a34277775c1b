import { afterAll, beforeAll, describe, expect } from 'vitest'
import { managedGroups, managedNames } from '../../../infra/tenant/directory/managed.ts'
import { pages } from '../../../src/pages.ts'
import { get, type Page, post, redirect, view } from '../../../src/web/page.ts'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import type { Answer } from '../../support/visitor.ts'

const notice = { title: 'All', detail: 'All is well.', act: { label: 'Start', href: '/' }, returnTo: '/' }
const controller = (visit: ReturnType<Page['create']>) => Promise.resolve({ default: () => visit })
const shown = controller(() => view('notice', 'All', notice))

/** The lines that a developer would add. */
const added = await Promise.all([
  get('/reports', 'members', shown, { nav: 'Reports' }),
  get('/reports/daily', 'members', shown, { nav: 'Daily' }),
  get('/reports/:id', 'members', shown),
  get('/reports-of-old', 'members', shown),
  get('/help', 'signed-in', shown, { nav: 'Help' }),
  get('/people', 'auditors', shown, { nav: 'People', part: 'administration' }),
  get('/trail', 'auditors', shown, { nav: 'Trail', part: 'administration' }),
  post(
    '/reports/:id/close',
    'members',
    controller(() => redirect('/reports')),
  ),
])

/** The items of the page's navigation in their order, and the current one in brackets. */
function navIn({ text }: Answer, name = 'Main'): string[] {
  const nav = text.match(new RegExp(`<nav aria-label="${name}">(.*?)</nav>`, 's'))?.[1] ?? ''
  return [...nav.matchAll(/<a href="([^"]+)"( aria-current="page")?>([^<]+)</g)].map(([, href, isCurrent, label]) =>
    isCurrent ? `[${label} ${href}]` : `${label} ${href}`,
  )
}

let withSelfService: House
const test = testIn({
  // The administration of its own table changes, so these lines stand for it.
  pages: [...pages.filter(({ part }) => part !== 'administration'), ...added],
  settings: { AUDITOR_GROUP_ID: managedGroups.auditors, AUDITOR_GROUP_NAME: managedNames.auditors },
})
beforeAll(async () => {
  withSelfService = await openHouse({ settings: { PIM_SELF_SERVICE: 'on' } })
})
afterAll(() => withSelfService[Symbol.asyncDispose]())

const own = ['Reports /reports', 'Daily /reports/daily', 'Help /help']

test('a page with a word for it is in the navigation, in the order of the table', async ({ house }) => {
  const alice = await house.visitor('alice')
  expect(navIn(await alice.get('/'))).toEqual(['[Your access /]', 'Your sessions /sessions', ...own])
})

describe('the current item is that of the page, or the nearest above it', () => {
  const cases: [path: string, current: string | undefined][] = [
    ['/sessions', '[Your sessions /sessions]'],
    ['/reports', '[Reports /reports]'],
    ['/reports/7', '[Reports /reports]'],
    ['/reports/daily', '[Daily /reports/daily]'],
    ['/reports-of-old', undefined],
    ['/nothing-here', undefined],
  ]
  test.for(cases)('%s: %s', async ([path, current], { house }) => {
    const items = navIn(await (await house.visitor('alice')).get(path))
    expect(items).toHaveLength(5)
    expect(items.filter(item => item.startsWith('['))).toEqual(current ? [current] : [])
  })
})

test('nobody is led to a page that would refuse them', async ({ house }) => {
  const oskar = await house.visitor('oskar')
  expect(navIn(await oskar.get('/reports'))).toEqual(['Help /help'])
  expect(navIn(await oskar.get('/help'))).toEqual(['[Help /help]'])
})

test('pages of the administration stand apart, for those whom they let in', async ({ house }) => {
  house.tenant.assign('alice', { minutes: 60, reason: 'Reviews access', group: 'auditors' })
  const alice = await house.visitor('alice')
  const trail = await alice.get('/trail')
  expect(navIn(trail, 'Administration')).toEqual(['People /people', '[Trail /trail]'])
  expect(navIn(trail)).toEqual(['Your access /', 'Your sessions /sessions', ...own])
  const oskar = await house.visitor('oskar')
  expect((await oskar.get('/help')).text).not.toContain('Administration')
})

test('nobody is led anywhere before they have signed in', async ({ house }) => {
  const nobody = await house.visitor('alice', { signIn: false })
  expect(navIn(await nobody.get('/auth/signed-out'))).toEqual([])
})

describe('with PIM_SELF_SERVICE on', () => {
  const cases: [who: string, path: string, items: string[]][] = [
    ['alice', '/', ['[Start /]', 'My access /access', 'Approvals /approvals', 'Your sessions /sessions']],
    ['alice', '/access', ['Start /', '[My access /access]', 'Approvals /approvals', 'Your sessions /sessions']],
    ['alice', '/access/end', ['Start /', '[My access /access]', 'Approvals /approvals', 'Your sessions /sessions']],
    ['alice', '/approvals', ['Start /', 'My access /access', '[Approvals /approvals]', 'Your sessions /sessions']],
    ['alice', '/sessions', ['Start /', 'My access /access', 'Approvals /approvals', '[Your sessions /sessions]']],
    ['oskar', '/', ['My access /access', 'Approvals /approvals']],
    ['oskar', '/access', ['[My access /access]', 'Approvals /approvals']],
    ['oskar', '/access/turning-on', ['[My access /access]', 'Approvals /approvals']],
  ]
  test.each(cases)('%s at %s: %j', async (who, path, items) => {
    expect(navIn(await (await withSelfService.visitor(who)).get(path))).toEqual(items)
  })
})

test('a page in the navigation has one address', async () => {
  await expect(get('/reports/:id', 'members', shown, { nav: 'Report' })).rejects.toThrow('/reports/:id')
})
