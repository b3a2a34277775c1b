import { describe, expect, test } from 'vitest'
import { createGates } from '../../src/gate/gates.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { no, now, yes } from './memberships.ts'

/** A gate that knows of a session what the session itself knows. */
const gateOf = (name: string) => ({
  name,
  known: ({ membership }: { membership: SessionRecord['gates'][string]['membership'] }) => membership,
})
const [members, operators, odd] = [gateOf('members'), gateOf('operators'), gateOf('constructor')]
const gates = createGates([members, operators, odd])
const session: SessionRecord = {
  identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' },
  gates: { members: { membership: yes(0) }, operators: { membership: no(0) } },
  contexts: {},
  signedInAt: now,
  lastSeenAt: now,
  browser: 'b',
}

test('the gates keep the order of the settings', () => {
  expect(gates.all).toEqual([members, operators, odd])
})

describe('a gate', () => {
  test('is found by its name', () => {
    expect([gates.find('operators'), gates.named('operators')]).toEqual([operators, operators])
  })

  test('is found also where it is called like something that every object has', () => {
    expect(gates.named('constructor')).toBe(odd)
  })

  test.for(['strangers', 'toString', ''])('that no setting describes is not found: %j', name => {
    expect(gates.find(name)).toBeUndefined()
  })

  test('that no setting describes cannot be meant: that is a bug', () => {
    expect(() => gates.named('strangers')).toThrow('no setting describes a gate strangers')
  })
})

describe('a person', () => {
  test.for([
    ['is in at a gate whose facts say so', 'members', true],
    ['is not in at a gate whose facts say no', 'operators', false],
    ['is not in at a gate of which the session knows nothing', 'constructor', false],
  ] as const)('%s', ([, name, isIn]) => {
    expect(gates.isIn(session, name)).toBe(isIn)
  })

  test('cannot be asked about at a gate that no setting describes', () => {
    expect(() => gates.isIn(session, 'strangers')).toThrow('no setting describes a gate strangers')
  })
})
