import { expect, test } from 'vitest'
import { get, type Page, post, redirect } from '../../src/web/page.ts'
import { canAdminister, servedPages } from '../../src/web/served.ts'

const controller = Promise.resolve({ default: () => () => redirect('/') })
const administration = { part: 'administration' } as const
const reading = await get('/people', ['administrators', 'auditors'], controller, administration)
const acting = await post('/people', 'administrators', controller, { ...administration, stepUp: 'administrators' })

type Gates = { members?: string; administrators?: string | null; auditors?: string | null }
/** Settings with these gates, each with its context; null: without one. */
const settings = ({ selfService = false, ...gates }: Gates & { selfService?: boolean } = {}) =>
  ({
    pim: { selfService },
    gates: Object.entries({ members: null, ...gates }).map(([name, context]) => ({
      name,
      title: name,
      selfService,
      ...(context && { context }),
    })),
  }) as unknown as Parameters<typeof servedPages>[1]
const served = (page: Page, has: Parameters<typeof settings>[0]) => servedPages([page], settings(has))[0]

test('a page without a part is always there', async () => {
  const page = await get('/x', 'members', controller)
  expect(served(page, {})).toBe(page)
})

test('a page of self-service is there while that is on', async () => {
  const page = await get('/x', 'members', controller, { part: 'self-service' })
  expect([served(page, { selfService: true }), served(page, {})]).toEqual([page, undefined])
})

test('a page of the administration does not exist without its gates', () => {
  expect(servedPages([reading, acting], settings())).toEqual([])
})

test('a page to read opens to those of its gates that exist', () => {
  expect(served(reading, { auditors: null })?.requirement).toEqual({ audience: ['auditors'] })
  expect(served(reading, { administrators: null, auditors: null })?.requirement).toEqual({
    audience: ['administrators', 'auditors'],
  })
})

test('an act does not exist where only auditors do', () => {
  expect(served(acting, { auditors: 'c1' })).toBeUndefined()
})

test('an act asks for the context of its own gate, met at most 15 minutes ago', () => {
  expect(served(acting, { members: 'c1', auditors: 'c2', administrators: 'c3' })?.requirement).toEqual({
    audience: ['administrators'],
    stepUp: { context: 'c3', maxAgeMinutes: 15 },
  })
})

test('an act is refused where no context is set, because nobody could be asked for a fresh check', () => {
  const { create, requirement } = served(acting, { members: 'c1', administrators: null }) as Page
  expect(requirement).toEqual({ audience: ['administrators'] })
  expect(() => create({} as never)({} as never)).toThrow('acts-without-context')
})

test('administrators can act where their gate has a context', () => {
  expect(canAdminister(settings({ members: 'c1' }))).toBe(false)
  expect(canAdminister(settings({ administrators: null, auditors: 'c1' }))).toBe(false)
  expect(canAdminister(settings({ administrators: 'c1' }))).toBe(true)
})
