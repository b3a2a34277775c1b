import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { appToken, callGraph, instancesOf, membersOf } from './kit.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

async function listed(path: string) {
  const { status, body } = await callGraph(tenant, path, { token: await appToken(tenant) })
  expect(status).toBe(200)
  return body
}

describe('pages', () => {
  async function walk(path: string) {
    const pages: string[][] = []
    for (let next: string | undefined = path; next; ) {
      const body: { value: { id: string }[]; '@odata.nextLink'?: string } = await listed(next)
      pages.push(body.value.map(({ id }) => id))
      next = body['@odata.nextLink']
      if (pages.length > 10) throw new Error('no end')
    }
    return pages
  }

  test.each([
    ['instances', instancesOf(tenant), 2, [2, 2]],
    ['instances', instancesOf(tenant), 3, [3, 1]],
    ['members', membersOf(tenant), 1, [1, 1, 1]],
  ])('of %s can be small, and together hold everything once', async (_what, path, graphPageSize, sizes) => {
    const whole = (await walk(path)).flat()
    tenant.set({ graphPageSize })
    const pages = await walk(path)
    expect(pages.map(page => page.length)).toEqual(sizes)
    expect(pages.flat()).toEqual(whole)
  })

  test('follow $top for members, within its limits', async () => {
    expect((await walk(`${membersOf(tenant)}?$top=2`)).map(page => page.length)).toEqual([2, 1])
    const token = await appToken(tenant)
    expect((await callGraph(tenant, `${membersOf(tenant)}?$top=1000`, { token })).status).toBe(400)
  })

  test('can begin with an empty one', async () => {
    tenant.set({ graphEmptyFirstPage: true })
    expect((await walk(membersOf(tenant))).map(page => page.length)).toEqual([0, 3])
  })

  test('can be said to go on elsewhere, or for ever', async () => {
    tenant.set({ graphNextLinkLie: 'http://127.0.0.1:9' })
    expect((await listed(membersOf(tenant)))['@odata.nextLink']).toMatch(
      `http://127.0.0.1:9/graph/v1.0${membersOf(tenant)}`,
    )
    tenant.set({ graphNextLinkLie: 'loop' })
    await expect(walk(membersOf(tenant))).rejects.toThrow('no end')
  })
})
