import { expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { listNames } from '../../../src/entra/pim/group-lists.ts'
import { Problem } from '../../../src/errors.ts'
import type { WhyMissing } from '../../../src/pim/people/lists.ts'
import { createGroupReading } from '../../../src/pim/people/reading.ts'
import { now } from './lists-of.ts'

const scope = new GraphRefusal('PermissionScopeNotGranted', { status: 403 })
const role = new GraphRefusal('Authorization_RequestDenied', { status: 403 })
const who = (objectId: string) => ({ identity: { objectId } as never, sessionId: objectId })

type Refuse = (list: string, token: string) => Error | undefined

/** Readings of a group that answers everybody, except where `refuse` throws; `app`: the application has a token. */
function openReading({ app = false, refuse = () => undefined }: { app?: boolean; refuse?: Refuse } = {}) {
  let at = now
  const calls: string[] = []
  const dropped: string[] = []
  const listed = (name: string) => async (token: string) => {
    calls.push(`${name} ${token}`)
    const thrown = refuse(name, token)
    if (thrown) throw thrown
    return []
  }
  const lists = Object.fromEntries(listNames.map(name => [name, listed(name)]))
  const readings = createGroupReading({
    clock: () => new Date(at),
    lists: lists as never,
    asPerson: (asking, call) => call(asking.sessionId),
    appToken: app ? { get: async () => 'app', drop: () => void dropped.push('app') } : undefined,
  })
  return {
    ...readings,
    calls,
    dropped,
    advance: (seconds: number) => {
      at += seconds * 1000
    },
  }
}

test('fifty visitors of one moment cost one reading, and so do those of the next 20 seconds', async () => {
  const { latest, calls, advance } = openReading()
  await Promise.all(Array.from({ length: 50 }, (_, index) => latest(who(`auditor ${index}`))))
  expect(calls).toHaveLength(listNames.length)
  advance(20)
  expect((await latest(who('late')))?.asOf).toBe(now)
  expect(calls).toHaveLength(listNames.length)
  advance(0.001)
  expect((await latest(who('later')))?.asOf).toBe(now + 20_001)
  expect(calls).toHaveLength(2 * listNames.length)
})

test('a page that asks anew gets a reading of at most two seconds ago', async () => {
  const { latest, calls, advance } = openReading()
  await latest(who('ana'))
  advance(2)
  await latest(who('ana'), 'new')
  expect(calls).toHaveLength(listNames.length)
  advance(1)
  await latest(who('ana'), 'new')
  expect(calls).toHaveLength(2 * listNames.length)
})

test('after something was changed here, whoever looks next asks Microsoft', async () => {
  const { latest, forget, inHand, calls } = openReading()
  await latest(who('ana'))
  expect(inHand()?.asOf).toBe(now)
  forget()
  expect(inHand()).toBeUndefined()
  await latest(who('ana'))
  expect(calls).toHaveLength(2 * listNames.length)
})

test('the application asks where it may, and the visitor for the list that the application may not see', async () => {
  const refuse: Refuse = (list, token) => (token === 'app' && list === 'eligible' ? scope : undefined)
  const { latest, calls, dropped } = openReading({ app: true, refuse })
  expect((await latest(who('ana')))?.lists.eligible).toEqual([])
  expect(calls.filter(call => call.endsWith('ana'))).toEqual(['eligible ana'])
  expect(dropped).toEqual([])
})

test.each<[string, Error, WhyMissing]>([
  ['the permission', scope, 'permission'],
  ['a role', role, 'role'],
  ['a sign-in that counts', new GraphRefusal('InvalidAuthenticationToken', { status: 401 }), 'sign-in'],
  ['a token', new Problem('sign-in-refused'), 'sign-in'],
  ['Entra', new Problem('entra-unreachable'), 'silent'],
  ['an answer', new NoAnswer('time-out'), 'silent'],
  ['an answer that can be read', new GraphRefusal('shape'), 'unreadable'],
])('a list is missing for want of %s, and the others are shown', async (_, thrown, why) => {
  const { latest } = openReading({ refuse: list => (list === 'eligible' ? thrown : undefined) })
  const reading = await latest(who('ana'))
  expect(reading?.lists).toEqual({ active: [], members: [], requests: [], eligible: why, grants: [] })
})

test('a token that Graph does not take is not used again by the application', async () => {
  const stale = new GraphRefusal('InvalidAuthenticationToken', { status: 401 })
  const { latest, dropped } = openReading({ app: true, refuse: (_, token) => (token === 'app' ? stale : undefined) })
  await latest(who('ana'))
  expect(dropped.length).toBeGreaterThan(0)
})

test('a silent Microsoft is not asked a second time with another token', async () => {
  const { latest, calls } = openReading({ app: true, refuse: () => new NoAnswer('time-out') })
  expect((await latest(who('ana')))?.lists.active).toBe('silent')
  expect(calls.every(call => call.endsWith('app'))).toBe(true)
})

test('while Microsoft is silent, what it told is shown until it is half a minute old', async () => {
  let isDown = false
  const { latest, advance } = openReading({ refuse: () => (isDown ? new NoAnswer('time-out') : undefined) })
  await latest(who('ana'))
  isDown = true
  advance(30)
  expect((await latest(who('ana')))?.lists.active).toEqual([])
  advance(0.001)
  expect((await latest(who('ana')))?.lists.active).toBe('silent')
})

test('what one visitor could not see is asked for once with the token of the next, and only that', async () => {
  const { latest, calls } = openReading({
    refuse: (list, token) => (list === 'eligible' && token === 'auditor' ? role : undefined),
  })
  await latest(who('auditor'))
  expect((await latest(who('auditor')))?.lists.eligible).toBe('role')
  expect(calls).toHaveLength(listNames.length)
  const reading = await latest(who('owner'))
  expect(reading?.lists.eligible).toEqual([])
  expect(calls.slice(listNames.length)).toEqual(['eligible owner'])
  expect(reading?.asOf).toBe(now)
})

test('without Redis the page is refused, and nothing else is told', async () => {
  const { latest } = openReading({ refuse: () => new Problem('redis-away') })
  await expect(latest(who('ana'))).rejects.toThrow('redis-away')
})
