import { describe, expect, test } from 'vitest'
import { contexts, operate } from '../conditional-access/kit.ts'
import { openTenant } from '../open-tenant.ts'

const { tenant, forward } = await openTenant()
const read = () => operate(tenant, contexts)
const write = (displayName: string) =>
  operate(tenant, `${contexts}/c1`, { method: 'PATCH', body: { displayName } }).then(
    ({ status }) => status,
    () => 'cut off',
  )
const nameNow = () => tenant.conditionalAccess.contexts.now('c1')?.displayName

describe('a fault', () => {
  test('can hit each n-th call', async () => {
    tenant.set({ graphError: { what: '429', every: 3, retryAfterSeconds: 2 } })
    const statuses = [await read(), await read(), await read(), await read(), await read(), await read()]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429, 200, 200, 429])
    expect(statuses[2]?.headers.get('retry-after')).toBe('2')
  })

  test('can let some calls pass and hit one, or every one from then on', async () => {
    tenant.set({ graphError: { what: '503', after: 2, when: 'next' } })
    expect([await read(), await read(), await read(), await read()].map(({ status }) => status)).toEqual([
      200, 200, 503, 200,
    ])
    tenant.set({ graphError: { what: '503', after: 1 } })
    expect([await read(), await read(), await read()].map(({ status }) => status)).toEqual([200, 503, 503])
  })

  test('counts only the calls that it is about, from the moment when it is set', async () => {
    tenant.set({ graphError: { what: '503', after: 1, method: 'PATCH' } })
    await read()
    expect([await write('One'), await write('Two')]).toEqual([204, 503])
    tenant.set({ graphError: { what: '503', after: 1, method: 'PATCH' } })
    expect([await write('Three'), await write('Four')]).toEqual([204, 503])
  })

  test('can cut the connection before anything is done', async () => {
    tenant.set({ graphError: { what: 'drop', after: 1, when: 'next' } })
    expect([await write('One'), await write('Two'), nameNow()]).toEqual([204, 'cut off', 'One'])
  })

  test('can cut the connection after the write is done, and after a read', async () => {
    tenant.set({ graphError: { what: 'done-but-drop', after: 1 } })
    expect([await write('One'), await write('Two'), nameNow()]).toEqual([204, 'cut off', 'Two'])
    await expect(read()).rejects.toThrow()
  })
})

describe('Conditional Access', () => {
  test('takes as many requests a second as the switch says, and does not say when to come back', async () => {
    tenant.set({ conditionalAccessPerSecond: 1 })
    expect((await read()).status).toBe(200)
    const { status, headers } = await operate(tenant, '/policies/authenticationStrengthPolicies')
    expect([status, headers.get('retry-after')]).toEqual([429, null])
    forward({ seconds: 0.999 })
    expect((await read()).status).toBe(429)
    forward({ seconds: 0.001 })
    expect((await read()).status).toBe(200)
  })

  test('takes any number without the switch, and other parts of Graph always do', async () => {
    for (let n = 0; n < 5; n += 1) expect((await read()).status).toBe(200)
    tenant.set({ conditionalAccessPerSecond: 1 })
    for (let n = 0; n < 3; n += 1) expect((await operate(tenant, '/me')).status).toBe(200)
  })
})
