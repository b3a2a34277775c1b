import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { assertGatesKnown, gatesShown } from '../../src/web/gates-of-pages.ts'
import { get, type Page, post, redirect } from '../../src/web/page.ts'
import { good } from '../config/good.ts'
import { gatesFile, threeGates } from '../support/gates-file.ts'
import { openHouse } from '../support/house.ts'

const controller = Promise.resolve({ default: () => () => redirect('/') })
const page = (path: string, audience: Page['requirement']['audience']) => get(path, audience, controller)
const administrators = { ADMIN_GROUP_ID: 'c47e9a30-6b15-4d82-9f0c-2a8e5d1b3c76' }

/** The lines for an operator who runs these pages with these settings beside good ones. */
function faultsOf(table: readonly Page[], settings: Record<string, string> = {}): readonly string[] {
  try {
    assertGatesKnown(table, loadConfig({ ...good, ...settings }))
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults
    throw thrown
  }
}

describe('a page whose gate no setting describes', () => {
  test('is a fault that names the page, the gate and what may be done', async () => {
    expect(faultsOf([await page('/refunds', 'operators')], administrators)).toEqual([
      'src/pages.ts: GET /refunds opens to the gate "operators", which no setting describes: ' +
        'add it to GATES_FILE, or name one of members, administrators',
    ])
  })

  test.each([
    ['administrators', 'set ADMIN_GROUP_ID'],
    ['auditors', 'set AUDITOR_GROUP_ID'],
  ])('is told the setting of %s', async (gate, remedy) => {
    expect(faultsOf([await page('/people', gate)])).toEqual([
      `src/pages.ts: GET /people opens to the gate "${gate}", which no setting describes: ${remedy}, or name one of members`,
    ])
  })

  test('is reported with all others, each gate of a list by itself', async () => {
    const send = await post('/refunds', ['operators', 'members', 'readers'], controller)
    const faults = faultsOf([send, await page('/trail', 'auditors')])
    expect(faults.map(line => line.split(', which')[0])).toEqual([
      'src/pages.ts: POST /refunds opens to the gate "operators"',
      'src/pages.ts: POST /refunds opens to the gate "readers"',
      'src/pages.ts: GET /trail opens to the gate "auditors"',
    ])
  })

  test('is no fault while its part is off', async () => {
    const own = await get('/desk', 'operators', controller, { part: 'self-service' })
    expect(faultsOf([own])).toEqual([])
    expect(faultsOf([own], { PIM_SELF_SERVICE: 'on' })).toHaveLength(1)
  })

  test('stops an application that brings a table of its own, with the same words', async () => {
    await using house = await openHouse()
    const table = [await page('/refunds', 'operators')]
    expect(() => createApp(house.services, { table })).toThrow(faultsOf(table)[0])
  })
})

test('pages that name gates of the settings, alone and in lists, are no fault', async () => {
  const table = await Promise.all([
    page('/', 'signed-in'),
    page('/a', 'operators'),
    page('/b', ['auditors', 'members']),
  ])
  expect(faultsOf(table, threeGates())).toEqual([])
})

describe('what an operator is shown of the gates', () => {
  const shown = (table: readonly Page[], settings: Record<string, string>) =>
    gatesShown(table, loadConfig({ ...good, ...settings }))

  test('is each gate, with the pages that it opens, and then the pages for everyone who is signed in', async () => {
    const table = await Promise.all([
      page('/', 'members'),
      page('/access', 'signed-in'),
      post('/refunds', ['operators', 'members'], controller),
    ])
    expect(shown(table, threeGates())).toEqual([
      expect.stringMatching(/^members \(/),
      '  GET /',
      '  POST /refunds',
      expect.stringMatching(/^auditors \(/),
      '  no page',
      expect.stringMatching(/^operators \(/),
      '  POST /refunds',
      'everyone who is signed in',
      '  GET /access',
    ])
  })

  test('names the title, the group, the context, and whether people turn on access here', () => {
    const settings = { PIM_SELF_SERVICE: 'on', AUTH_CONTEXT_ID: 'c1', ACCESS_GROUP_NAME: 'Payments administrators' }
    expect(shown([], settings)[0]).toBe(
      `members (Payments administrators): group ${good.ACCESS_GROUP_ID}, authentication context c1, people turn on access here`,
    )
    expect(shown([], {})[0]).toBe(
      `members (${good.ACCESS_GROUP_ID}): group ${good.ACCESS_GROUP_ID}, no authentication context, nobody turns on access here`,
    )
  })

  test('names the role that proves a gate, with the group that carries it or without', () => {
    const group = '7d2f4c81-a9e6-4037-b5c8-1e6b0f93d24a'
    const GATES_FILE = gatesFile([
      { name: 'operators', title: 'Operators', role: 'Payments.Operate', group },
      { name: 'readers', title: 'Readers', role: 'Payments.Read' },
    ])
    const lines = shown([], { GATES_FILE, PIM_SELF_SERVICE: 'on' })
    expect(lines).toContain(
      `operators (Operators): role Payments.Operate, group ${group}, no authentication context, people turn on access here`,
    )
    expect(lines).toContain(
      'readers (Readers): role Payments.Read, no group, no authentication context, nobody turns on access here',
    )
  })

  test('leaves out the pages of a part that is off', async () => {
    const own = await get('/desk', 'members', controller, { part: 'self-service' })
    expect(shown([own], {})).not.toContain('  GET /desk')
    expect(shown([own], { PIM_SELF_SERVICE: 'on' })).toContain('  GET /desk')
  })
})
