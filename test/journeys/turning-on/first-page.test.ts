import { describe, expect, test } from 'vitest'
import { callback } from '../../support/at-entra.ts'
import { openHouse } from '../../support/house.ts'
import { openSelfService, someoneIn } from '../../support/self-service.ts'

/** The line under the header of a page. */
const lineOf = (text: string) =>
  (/<p class="access-line">(.*?)<\/p>/s.exec(text)?.[1] ?? '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
const given = { minutes: 60, reason: 'Helps with the refunds of March' }

describe('the first page after signing in', () => {
  test('says until when access is on', async () => {
    await using house = await openSelfService()
    house.tenant.assign('guido', given)
    const guido = await house.visitor('guido', { signIn: false })
    const page = await guido.signIn('/sessions')
    expect([page.status, lineOf(page.text)]).toEqual([200, 'Access on until 13:00 UTC (1 h)'])
  })

  test('says that access is always on to a person for whom it is', async () => {
    await using house = await openSelfService()
    const ada = await house.visitor('ada', { signIn: false })
    expect(lineOf((await ada.signIn('/')).text)).toBe('Access is always on for you.')
  })

  test('says until when access is on that ended and was begun anew elsewhere', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    await someoneIn(house)
    house.clock.advance({ minutes: 61 })
    house.tenant.assign('ben', { minutes: 30, reason: 'Once more' })
    const ben = await house.visitor('ben', { signIn: false })
    expect(lineOf((await ben.signIn('/')).text)).toMatch(/^Access on until 13:3\d UTC/)
  })

  test('shows the end that the roster knows, also where access cannot be turned on here', async () => {
    await using house = await openHouse({ now: '2026-03-02T12:00:00Z', settings: { MEMBERSHIP_ROSTER: 'on' } })
    house.tenant.assign('guido', given)
    await expect
      .poll(() => {
        house.clock.advance({ seconds: 1 })
        const guido = house.tenant.people.find(({ key }) => key === 'guido')
        return house.members.news.source.membershipOf(guido?.oid ?? '')
      })
      .toMatchObject({ member: true })
    const guido = await house.visitor('guido', { signIn: false })
    expect(lineOf((await guido.signIn('/')).text)).toMatch(/^Access on until 13:00 UTC/)
  })
})

describe('signing in', () => {
  test('again, after access ended and was begun anew elsewhere, leaves the end to the page where Graph is slow', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    await someoneIn(house)
    house.clock.advance({ hours: 3 })
    house.tenant.assign('ben', { minutes: 30, reason: 'Once more' })
    house.tenant.set({ slow: { graph: 2_000 } })
    const ben = await house.visitor('ben', { signIn: false })
    const page = await ben.signIn('/sessions')
    expect([page.status, lineOf(page.text)]).toEqual([200, ''])
    expect(page.text).toMatch(/data-end-unknown.*Your sessions/s)
  })

  test.each([
    ['slow', { slow: { graph: 3_000 } }],
    ['dead', { graphError: { what: '503', where: 'schedules', when: 'always' } }],
  ] as const)('waits for a Graph that is %s a second at most, and leads in', async (_how, wish) => {
    await using house = await openSelfService()
    house.tenant.assign('guido', given)
    house.tenant.set(wish as Parameters<typeof house.tenant.set>[0])
    const guido = await house.visitor('guido', { signIn: false })
    const began = performance.now()
    const page = await guido.signIn('/sessions')
    expect([page.status, lineOf(page.text)]).toEqual([200, ''])
    expect(performance.now() - began).toBeLessThan(2_500)
    expect(page.text).toContain('data-end-unknown')
  })

  test('asks for no end for a person who is not in', async () => {
    await using house = await openSelfService()
    const oskar = await house.visitor('oskar', { signIn: false })
    expect((await callback(house, oskar)).status).toBe(303)
    expect(house.tenant.calls.tokenRefresh).toBe(0)
  })
})
