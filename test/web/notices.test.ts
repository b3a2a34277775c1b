import { describe, expect } from 'vitest'
import { pages } from '../../src/pages.ts'
import { get, type Page, post, redirect, view } from '../../src/web/page.ts'
import { testIn } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

const made = (controller: ReturnType<Page['create']>) => Promise.resolve({ default: () => controller })
const model = { title: 'People', detail: '', act: { label: 'Start', href: '/' }, returnTo: '/' }
const table = await Promise.all([
  ...pages,
  get(
    '/people',
    'signed-in',
    made(() => view('notice', 'People', model)),
  ),
  post(
    '/people',
    'signed-in',
    made(({ form }) =>
      redirect('/people?person=o#row-7', { notice: `Done: ${form && (form as { what: string }).what}` }),
    ),
  ),
])
const test = testIn({ now: '2026-03-02T12:00:00Z', pages: table })

/** Sends the form, and returns the address that it leads to, as a browser asks for it. */
async function done(visitor: Visitor, what: string): Promise<string> {
  const { headers } = await visitor.post('/people', { what })
  expect(headers.location).toMatch(/^\/people\?person=o&notice=[\w.-]+#row-7$/)
  return headers.location?.split('#')[0] ?? ''
}

describe('the page that a form leads to', () => {
  test('says what was done, and says nothing of it at its plain address', async ({ house }) => {
    const alice = await house.visitor('alice')
    const { text } = await alice.get(await done(alice, '<b>Ana</b>'))
    expect(text).toMatch(
      /<div class="notice done" role="status" tabindex="-1" autofocus>\s*<p><strong>Done: &lt;b&gt;Ana/,
    )
    expect((await alice.get('/people?person=o')).text).not.toContain('Done:')
  })

  test('says it although a browser has loaded it ahead of time', async ({ house }) => {
    const alice = await house.visitor('alice')
    const address = await done(alice, 'Ana')
    await alice.get(address, { headers: { 'Sec-Purpose': 'prefetch;prerender' } })
    await alice.send('head', address)
    expect((await alice.get(address)).text).toContain('Done: Ana')
  })

  test('says in each tab what that tab has done', async ({ house }) => {
    const alice = await house.visitor('alice')
    const [first, second] = [await done(alice, 'first'), await done(alice, 'second')]
    const texts = [(await alice.get(second)).text, (await alice.get(first)).text]
    expect(texts.map(text => /Done: \w+/.exec(text)?.[0])).toEqual(['Done: second', 'Done: first'])
  })

  test('says nothing in a tab that is restored later', async ({ house }) => {
    const alice = await house.visitor('alice')
    const address = await done(alice, 'Ana')
    house.clock.advance({ minutes: 1 })
    expect((await alice.get(address)).text).not.toContain('Done:')
  })

  test('says nothing to another session, of the same person or another', async ({ house }) => {
    const address = await done(await house.visitor('alice'), 'Ana')
    for (const key of ['alice', 'ada'])
      expect((await (await house.visitor(key)).get(address)).text).not.toContain('Done:')
  })

  test('leads back without the notice', async ({ house }) => {
    const nobody = await house.visitor('alice', { signIn: false })
    const { headers } = await nobody.get('/people?person=o&notice=1.a.b')
    expect(headers.location).toBe('/auth/sign-in?returnTo=%2Fpeople%3Fperson%3Do')
  })
})
