import { expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { createLookingAtTenant } from '../../../src/setup/daily/looking-at-tenant.ts'
import { configWith } from '../../azure/doctor/sound-facts.ts'
import { timeInHand } from '../../azure/time-in-hand.ts'

/** Looks at a tenant whose Graph answers each call so, in made-up time. */
function looking(answer: (path: string) => Promise<unknown>, token = async () => 'token') {
  const { clock, sleep } = timeInHand()
  const look = createLookingAtTenant({
    config: configWith(),
    clock,
    sleep,
    appToken: { get: token },
    graph: { call: answer, list: answer as (path: string) => Promise<unknown[]> },
  })
  return look()
}
const refused = async () => Promise.reject(new GraphRefusal('Forbidden', { status: 403 }))

test('a look that Graph refuses to the last is whole, and nothing in it is wrong', async () => {
  const { isWhole, findings } = await looking(refused)
  expect(isWhole).toBe(true)
  expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
})

const isAboutPolicies = (path: string) => path.startsWith('/identity/conditionalAccess/policies')

test('a look is not whole where Graph leaves one call without an answer', async () => {
  const answer = async (path: string) =>
    isAboutPolicies(path) ? Promise.reject(new NoAnswer('status 500')) : refused()
  expect((await looking(answer)).isWhole).toBe(false)
})

test('a look is whole where Graph answers at the second time', async () => {
  let times = 0
  const answer = async (path: string) => {
    if (!isAboutPolicies(path)) return refused()
    times += 1
    return times === 1 ? Promise.reject(new NoAnswer('status 429', { kind: 'throttled' })) : []
  }
  expect((await looking(answer)).isWhole).toBe(true)
  expect(times).toBe(2)
})

test('a look without a token is not whole', async () => {
  const token = () => Promise.reject(new Error('Entra does not answer'))
  expect((await looking(refused, token)).isWhole).toBe(false)
})
