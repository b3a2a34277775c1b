import { describe, expect, test } from 'vitest'
import { createGateSessions } from '../../src/session/gate-sessions.ts'
import type { GateRecord } from '../../src/session/record/at-gate.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { createBoundClient } from '../../src/session/stored/bound-client.ts'
import { createSessionsById } from '../../src/session/stored/by-id.ts'
import { storedFrom } from '../../src/session/stored/stored-session.ts'
import { alice, recordAt, yes } from '../support/alice.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const plan = { askedAt: start, until: start + 1 }
const gates = { members: yes(start), operators: { ...yes(start - 1), plan } }
const asked = { ownProvenAt: start, unlistedAt: start - 2 }
const record: SessionRecord = { ...recordAt(start), ...asked, lineage: 'lineage', gates }
const { gates: _, ...person } = record
const scope = { app: 'app', tenantId: alice.tenantId, gates: { members: 'm', operators: 'o' } }
const lost = (seen: GateRecord): GateRecord => ({
  ...seen,
  membership: { member: false, provenAt: start + 1, reason: 'not-in-group' },
})

/** Two sessions of Alice in a Redis that is a map, as two gates see them. */
function open() {
  const texts = new Map(['one', 'two'].map(id => [id, storedFrom({ cookie: {}, record } as never, scope)]))
  const written: string[] = []
  const sealed = {
    get: async (key: string) => texts.get(key) ?? null,
    change: async (key: string, edit: (text: string) => string | undefined) => {
      const before = texts.get(key)
      const after = before === undefined ? undefined : edit(before)
      if (after === undefined) return before ?? null
      written.push(key)
      texts.set(key, after)
      return after
    },
  }
  const byId = createSessionsById({
    client: createBoundClient(sealed as never, scope),
    keyOf: id => id,
    registry: { ofPerson: async () => [...texts.keys()] } as never,
    lifetimes: { isPast: () => false, ttlSeconds: () => 1 } as never,
  })
  const groupsOf = (id: string): Record<string, unknown> => JSON.parse(texts.get(id) ?? '').record.groups
  return { byId, written, groupsOf, members: createGateSessions(byId, 'members') }
}

describe('a session that is read at one gate', () => {
  test('has the facts of this gate', async () => {
    expect(await open().members.read('one')).toEqual({ ...person, ...gates.members })
  })

  test('is none where there is none', async () => {
    expect(await open().members.read('three')).toBeUndefined()
  })
})

describe('a session that is changed at one gate', () => {
  test('comes back as this gate sees it afterwards', async () => {
    const { members } = open()
    expect(await members.change('one', lost)).toEqual(lost({ ...person, ...gates.members }))
  })

  test('is none where there is none', async () => {
    expect(await open().members.change('three', lost)).toBeUndefined()
  })

  test('keeps the facts of the other gates as they are', async () => {
    const { byId, members, groupsOf } = open()
    const before = groupsOf('one').o
    await members.change('one', lost)
    expect(groupsOf('one').o).toEqual(before)
    expect((await byId.read('one'))?.gates.operators).toEqual(gates.operators)
  })

  test('is written', async () => {
    const { members, written } = open()
    await members.change('one', lost)
    expect(written).toEqual(['one'])
  })

  test('is not written where this gate sees what it saw', async () => {
    const { members, written } = open()
    await members.change('one', seen => ({ ...seen }))
    expect(written).toEqual([])
  })
})

describe('all sessions of a person that are changed at one gate', () => {
  test('know the new facts of this gate, and the same of the others', async () => {
    const { byId, members } = open()
    await members.changeAll(alice, lost)
    const found = await Promise.all(['one', 'two'].map(async id => (await byId.read(id))?.gates))
    const after = { ...gates, members: { membership: { member: false, provenAt: start + 1, reason: 'not-in-group' } } }
    expect(found).toEqual([after, after])
  })
})
