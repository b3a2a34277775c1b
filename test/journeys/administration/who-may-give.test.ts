import { describe, expect, test } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import {
  administrator,
  checked,
  fieldsOn,
  giving,
  openAdministration,
  ordersAbout,
} from '../../support/administration.ts'
import { openHouse } from '../../support/house.ts'
import { wayOn } from '../../support/visitor.ts'

const form = { ...giving, who: 'oskar' }
const acts = ['/people/assign', '/people/receipt/AAAAAAAAAAAAAAAAAAAAAA', '/people/receipt/AAAAAAAAAAAAAAAAAAAAAA/undo']
const linkIn = (text: string) => /href="(\/kept-form[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''

describe('nobody but administrators', () => {
  test.each(['alice', 'lena', 'guido'])('sees or sends anything: not %s', async key => {
    await using house = await openAdministration()
    if (key === 'lena') house.tenant.assign('lena', { minutes: 600, reason: 'Audit', group: 'auditors' })
    const visitor = await house.visitor(key)
    for (const path of ['/people/assign', acts[1] ?? '']) expect((await visitor.get(path)).status).toBe(403)
    for (const path of acts) expect((await visitor.post(path, form)).status).toBe(403)
    expect([house.tenant.requests.filter(({ key }) => key === 'oskar'), house.tenant.calls.graph.users]).toEqual([
      [],
      0,
    ])
  })

  test('who is signed in does', async () => {
    await using house = await openAdministration()
    const nobody = await house.visitor('ada', { signIn: false })
    expect((await nobody.get('/people/assign')).headers.location).toContain('/auth/sign-in')
    for (const path of acts) expect((await nobody.post(path, form)).status).toBe(401)
  })

  test('who still is one does', async () => {
    await using house = await openAdministration()
    house.tenant.assign('lena', { minutes: 600, reason: 'On duty', group: 'administrators' })
    house.tenant.set({ groupsAdministrators: ['lena'] })
    const lena = await administrator(house, 'lena')
    const preview = await lena.post('/people/assign', form)
    house.tenant.end('lena', 'Off duty', { group: 'administrators' })
    house.clock.advance({ minutes: 2 })
    expect((await lena.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })).status).toBe(403)
    expect(ordersAbout(house, 'oskar')).toEqual([])
  })

  test('of this origin sends a form', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    for (const path of acts) expect((await ada.post(path, form, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  })
})

describe('every act needs a fresh check', () => {
  test('missing: the form is kept, and is sent after the check', async () => {
    await using house = await openHouse({
      now: '2026-03-02T12:00:00Z',
      settings: {
        ADMIN_GROUP_ID: managedGroups.administrators,
        ADMIN_AUTH_CONTEXT_ID: 'c1',
        SESSION_IDLE_MINUTES: '600',
      },
    })
    const ada = await house.visitor('ada')
    const refused = await ada.post('/people/assign', form)
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('One more check')])
    const kept = await checked(ada, linkIn(refused.text))
    expect(kept.text).toContain('agreed with Lee Park')
    const action = /action="([^"]*kept-form=[^"]*)"/.exec(kept.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const preview = await ada.post(action, fieldsOn(kept.text))
    expect(preview.text).toContain('This will let')
    const sent = await ada.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })
    expect((await ada.follow(wayOn(sent) ?? '')).text).toContain('Access given')
  })

  test.each(acts)('stale: POST %s asks for it anew', async path => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    house.clock.advance({ minutes: 15 })
    expect((await ada.post(path, form)).status).not.toBe(403)
    house.clock.advance({ seconds: 1 })
    const refused = await ada.post(path, form)
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('One more check')])
    expect((await ada.post(path, form, { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors' })).body.code).toBe(
      'auth-context-missing',
    )
    expect(ordersAbout(house, 'oskar')).toEqual([])
  })

  test('of another context it does not do', async () => {
    await using house = await openAdministration({ settings: { AUTH_CONTEXT_ID: 'c2' } })
    const ada = await house.visitor('ada')
    await ada.follow('/')
    expect((await ada.post('/people/assign', form)).status).toBe(403)
    expect(ordersAbout(house, 'oskar')).toEqual([])
  })

  test('and where no setting says which, nothing is given, and the page names the setting', async () => {
    await using house = await openAdministration({ settings: { ADMIN_AUTH_CONTEXT_ID: '' } })
    const ada = await house.visitor('ada')
    expect((await ada.get('/people/assign')).text).toContain('ADMIN_AUTH_CONTEXT_ID')
    const refused = await ada.post('/people/assign', form)
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('ADMIN_AUTH_CONTEXT_ID')])
  })
})
