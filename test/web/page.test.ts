import { describe, expect, test } from 'vitest'
import { type Controller, get, json, linesFor, post, redirect, toEntra, view } from '../../src/web/page.ts'

const create = () => (): ReturnType<Controller> => redirect('/')
const controller = Promise.resolve({ default: create })

describe('a line of the page table', () => {
  test('is a page to look at, for those whom it names', async () => {
    const more = { stepUp: { context: 'c1', maxAgeMinutes: 5 }, part: 'self-service', nav: 'Reports' } as const
    expect(await get('/reports', 'members', controller, more)).toEqual({
      method: 'get',
      path: '/reports',
      requirement: { audience: 'members', stepUp: more.stepUp },
      part: 'self-service',
      nav: 'Reports',
      create,
    })
  })

  test('is a form', async () => {
    expect(await post('/send', 'signed-in', controller)).toEqual({
      method: 'post',
      path: '/send',
      requirement: { audience: 'signed-in' },
      create,
    })
  })

  test.each([[{ context: 'c1' }], [{ context: 'c99' }], [{ context: 'c10', maxAgeMinutes: 1 }]])(
    'may ask for the step-up %j',
    async stepUp => {
      expect((await post('/send', 'members', controller, { stepUp })).requirement.stepUp).toEqual(stepUp)
    },
  )

  test.each([
    [{ context: 'c0' }],
    [{ context: 'c100' }],
    [{ context: 'c01' }],
    [{ context: 'C1' }],
    [{ context: 'xc1' }],
    [{ context: 'ca' }],
    [{ context: 'c1x' }],
    [{ context: 'c' }],
    [{ context: '' }],
    [{ context: 'c1', maxAgeMinutes: 0 }],
    [{ context: 'c1', maxAgeMinutes: 0.5 }],
  ])('asks for no step-up that nobody could meet: %j', async stepUp => {
    await expect(post('/send', 'members', controller, { stepUp })).rejects.toThrow(
      '/send: a step-up takes a context of c1 to c99, and an age of at least one minute',
    )
  })

  test('may ask for the fresh check of the administrators, whose context the settings name', async () => {
    const more = { part: 'administration', stepUp: 'administrators' } as const
    const { requirement, stepUpOf } = await post('/people', 'administrators', controller, more)
    expect([requirement, stepUpOf]).toEqual([{ audience: 'administrators' }, 'administrators'])
  })

  test('outside the administration cannot ask for the check of the administrators', async () => {
    await expect(post('/people', 'administrators', controller, { stepUp: 'administrators' })).rejects.toThrow(
      '/people: the step-up of the administrators is for pages of the administration',
    )
  })

  test.each(['/reports/:id', '/files/*rest', '/a{/b}'])('with parameters (%s) is in no navigation', async path => {
    await expect(get(path, 'members', controller, { nav: 'Reports' })).rejects.toThrow(
      `${path}: the navigation leads to one address, so its pages have no parameters`,
    )
  })

  test('may open to several gates, by any of them', async () => {
    const { requirement } = await get('/reports', ['operators', 'members'], controller)
    expect(requirement.audience).toEqual(['operators', 'members'])
  })

  test('with a list that names no gate is refused, because nobody could ever open it', async () => {
    await expect(get('/reports', [], controller)).rejects.toThrow('/reports: a list of gates names one at least')
  })

  test('has signed-in alone and in no list, because it is no gate', async () => {
    await expect(post('/send', ['members', 'signed-in'], controller)).rejects.toThrow(
      '/send: signed-in is no gate, so it stands alone and not in a list',
    )
  })

  test('names only gates that its table knows: anything else does not compile', async () => {
    const lines = linesFor<'members' | 'operators'>()
    const made = await Promise.all([
      lines.get('/a', 'operators', controller),
      lines.post('/b', ['operators', 'members'], controller),
      lines.get('/c', 'signed-in', controller),
      // @ts-expect-error: a misspelt gate.
      lines.get('/d', 'operator', controller),
      // @ts-expect-error: a gate that this table does not know.
      lines.post('/e', 'auditors', controller),
      // @ts-expect-error: a misspelt gate in a list.
      lines.get('/f', ['members', 'operator'], controller),
    ])
    expect(made.map(({ path }) => path)).toEqual(['/a', '/b', '/c', '/d', '/e', '/f'])
  })

  test('may have parameters outside the navigation', async () => {
    expect((await get('/reports/:id', 'members', controller)).path).toBe('/reports/:id')
  })
})

describe('a controller replies', () => {
  test('with a view', () => {
    expect(view('home', 'Home', { a: 1 })).toEqual({ view: 'home', title: 'Home', model: { a: 1 } })
  })
  test('with a view that says more of itself', () => {
    expect(view('home', 'Home', {}, { status: 422, refreshSeconds: 2, isUnfinished: true })).toEqual({
      view: 'home',
      title: 'Home',
      model: {},
      status: 422,
      refreshSeconds: 2,
      isUnfinished: true,
    })
  })
  test('with another path', () => {
    expect(redirect('/sessions')).toEqual({ redirect: '/sessions' })
  })
  test('with another path, where a page says what was done', () => {
    expect(redirect('/sessions', { notice: 'Done.' })).toEqual({ redirect: '/sessions', notice: 'Done.' })
  })
  test('with values for a script', () => {
    expect(json({ a: 1 })).toEqual({ json: { a: 1 } })
  })
  test('with the way to Entra', () => {
    expect(toEntra({ returnTo: '/', claims: 'c' })).toEqual({ toEntra: { returnTo: '/', claims: 'c' } })
  })
})
