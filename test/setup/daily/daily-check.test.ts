import { describe, expect, test, vi } from 'vitest'
import type { LookedAtTenant } from '../../../src/setup/daily/next-check.ts'
import { ownKeys } from '../../session/own-keys.ts'
import { finding, replicasOf, verdictsOf } from './checking.ts'

const keys = ownKeys()
let installations = 0
const replicas = () => {
  installations += 1
  return replicasOf(keys, `installation-${installations}`)
}

describe('the set-up is checked', () => {
  test('once a day, however often a replica looks', async () => {
    const { clock, tenant, replica } = replicas()
    const one = replica()
    await one.look()
    clock.advance({ hours: 23, minutes: 59 })
    await one.look()
    expect(tenant.looks).toBe(1)
    clock.advance({ minutes: 1 })
    await one.look()
    expect(tenant.looks).toBe(2)
  })

  test('by one of several replicas, and all know what it found', async () => {
    const { tenant, replica } = replicas()
    tenant.findings = [finding('wrong')]
    const [one, other] = [replica(), replica()]
    await Promise.all([one.look(), other.look()])
    await Promise.all([one.look(), other.look()])
    expect(tenant.looks).toBe(1)
    expect([verdictsOf(one), verdictsOf(other)]).toEqual([['wrong'], ['wrong']])
  })

  test('by another replica where the one that checks dies', async () => {
    const { tenant, replica } = replicas()
    const dying = replica(() => new Promise(() => {}))
    const looking = dying.look()
    const other = replica()
    await vi.waitFor(async () => expect(await keys.redis.keys(`${keys.prefix}lease:setup:*`)).toHaveLength(1))
    await other.look()
    expect(tenant.looks).toBe(0)
    // As the lease does by itself half a minute after the death.
    await keys.redis.del(...(await keys.redis.keys(`${keys.prefix}lease:setup:*`)))
    await other.look()
    expect([tenant.looks, verdictsOf(other)]).toEqual([1, ['right']])
    dying.stop()
    await looking
  })

  test('and a replica that is beaten to it says nothing in the log', async () => {
    const { tenant, lines, replica } = replicas()
    tenant.findings = [finding('wrong')]
    const slow = Promise.withResolvers<LookedAtTenant>()
    const beaten = replica(() => slow.promise)
    const looking = beaten.look()
    await vi.waitFor(async () => expect(await keys.redis.keys(`${keys.prefix}lease:setup:*`)).toHaveLength(1))
    await keys.redis.del(...(await keys.redis.keys(`${keys.prefix}lease:setup:*`)))
    await replica().look()
    slow.resolve({ findings: [finding('cannot-tell')], isWhole: true })
    await looking
    expect(lines.map(({ verdict }) => verdict)).toEqual(['wrong'])
    expect(verdictsOf(beaten)).toEqual(['wrong'])
  })

  test('not by a replica that is about to end, which still hears of it', async () => {
    const { tenant, replica } = replicas()
    const [ending, other] = [replica(), replica()]
    ending.retire()
    await ending.look()
    expect(tenant.looks).toBe(0)
    await other.look()
    await ending.look()
    expect([tenant.looks, verdictsOf(ending)]).toEqual([1, ['right']])
  })

  test('by each of two installations that share a Redis, for itself', async () => {
    const { tenant, replica } = replicas()
    const [one, other] = [replica(), replica(undefined, 'another-installation')]
    tenant.findings = [finding('wrong')]
    await one.look()
    tenant.findings = [finding('right')]
    await other.look()
    await Promise.all([one.look(), other.look()])
    expect([verdictsOf(one), verdictsOf(other)]).toEqual([['wrong'], ['right']])
  })

  test('again within minutes where Microsoft did not answer all', async () => {
    const { clock, tenant, replica } = replicas()
    const one = replica()
    tenant.isWhole = false
    await one.look()
    clock.advance({ minutes: 9, seconds: 59 })
    await one.look()
    expect(tenant.looks).toBe(1)
    clock.advance({ seconds: 1 })
    await one.look()
    expect(tenant.looks).toBe(2)
  })

  test('although a clock that was wrong has dated a check days ahead', async () => {
    const { clock, tenant, replica } = replicas()
    clock.advance({ hours: 72 })
    await replica().look()
    clock.advance({ hours: -72 })
    const one = replica()
    await one.look()
    expect([tenant.looks, verdictsOf(one)]).toEqual([2, ['right']])
  })
})

describe('what was found', () => {
  test('is known to a replica that starts later', async () => {
    const { tenant, replica } = replicas()
    tenant.findings = [finding('wrong')]
    await replica().look()
    const later = replica()
    expect(later.known()).toBeUndefined()
    await later.look()
    expect([tenant.looks, verdictsOf(later)]).toEqual([1, ['wrong']])
  })

  test('of another release counts as far as it is understood', async () => {
    const { tenant, replica } = replicas()
    tenant.findings = [
      finding('wrong', 'check-of-tomorrow'),
      { ...finding('right'), verdict: 'later' as never },
      { ...finding('right'), more: 'of it' } as never,
    ]
    await replica().look()
    const other = replica()
    await other.look()
    expect(other.known()?.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['check-of-tomorrow', 'wrong'],
      ['context-policy', 'right'],
    ])
  })

  test('stays known while Redis is away', async () => {
    const { tenant, replica } = replicas()
    tenant.findings = [finding('wrong')]
    const one = replica()
    await one.look()
    const spied = vi.spyOn(keys.redis, 'getrange').mockRejectedValue(new Error('Connection is closed.'))
    await expect(one.look()).rejects.toMatchObject({ code: 'redis-away' })
    spied.mockRestore()
    expect(verdictsOf(one)).toEqual(['wrong'])
  })

  test('lies sealed in Redis for three days', async () => {
    const { replica } = replicas()
    await replica().look()
    const key = `${keys.prefix}board:setup:installation-${installations}`
    expect(await keys.redis.get(key)).not.toContain('context-policy')
    expect(await keys.redis.pttl(key)).toBeGreaterThan(71 * 3_600_000)
  })
})

test('a check that is under way ends with the process', async () => {
  const { replica } = replicas()
  const one = replica(() => new Promise(() => {}))
  one.start()
  const looking = one.look()
  one.stop()
  await looking
  expect(one.known()).toBeUndefined()
})
