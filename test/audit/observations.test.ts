import { beforeEach, describe, expect, test } from 'vitest'
import { createObservations, type ObservedEvent } from '../../src/audit/observations.ts'
import type { AuditRecord } from '../../src/audit/trail.ts'

const ana = { objectId: 'a-1', name: 'Ana', username: 'ana@contoso.example' }
/** What a session knows of her beyond what a record may tell. */
const identity = { ...ana, tenantId: 't', sid: 's', loginHint: 'h' }

let records: AuditRecord[]
let kept: ObservedEvent[]
let lost: unknown[]
let append: (record: AuditRecord) => Promise<void>
let observations: ReturnType<typeof createObservations>
beforeEach(() => {
  records = []
  kept = []
  lost = []
  append = async record => void records.push(record)
  observations = createObservations({
    append: record => append(record),
    onKept: event => void kept.push(event),
    onLost: one => void lost.push(one),
  })
})
const at = { gate: 'members', actor: identity }
const period = { gate: 'members', subject: ana, since: '2026-03-02T12:00:00.000Z' }

describe('what is seen of a person', () => {
  test.each<[ObservedEvent, () => void, object]>([
    [
      'effective',
      () => observations.effective({ ...at, act: 'x', seconds: 4 }),
      { gate: 'members', act: 'x', seconds: 4 },
    ],
    ['usedFirst', () => observations.usedFirst({ ...at, since: 'then' }), { gate: 'members', since: 'then' }],
    [
      'lapsed',
      () => observations.lapsed({ ...at, act: 'x', request: 'r' }),
      { gate: 'members', act: 'x', request: 'r' },
    ],
    [
      'wrote',
      () => observations.wrote({ ...at, page: '/refunds/:id', method: 'POST', status: 303 }),
      { gate: 'members', page: '/refunds/:id', method: 'POST', status: 303 },
    ],
    ['signedIn', () => observations.signedIn({ actor: identity, contexts: ['c1'] }), { contexts: ['c1'] }],
    ['steppedUp', () => observations.steppedUp({ actor: identity, context: 'c1' }), { context: 'c1' }],
    ['signedOut', () => observations.signedOut({ actor: identity, address: '192.0.2.1' }), { address: '192.0.2.1' }],
    ['sessionEnded', () => observations.sessionEnded({ actor: identity, code: 'disabled' }), { code: 'disabled' }],
    ['refused', () => observations.refused({ ...at, code: 'not-a-member' }), { gate: 'members', code: 'not-a-member' }],
  ])('is recorded as %s, with their names and nothing else that a session knows', async (event, see, facts) => {
    see()
    await observations.settled()
    expect([records, kept, lost]).toEqual([[{ event, ...facts, actor: ana }], [event], []])
  })

  test('is lost where it cannot be recorded, and nobody waits for it or hears of it but the log', async () => {
    const error = new Error('away')
    append = () => Promise.reject(error)
    observations.refused({ ...at, code: 'not-a-member' })
    await observations.settled()
    const record = { event: 'refused', gate: 'members', code: 'not-a-member', actor: ana }
    expect([lost, kept]).toEqual([[{ kind: 'refused', record, error }], []])
  })

  test('is waited for at the end, all of it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    append = record => promise.then(() => void records.push(record))
    observations.signedOut({ actor: identity })
    observations.cameIn({ ...period, source: 'token' })
    observations.wentOut({ ...period, how: 'unknown' })
    const settled = observations.settled()
    expect(records).toEqual([])
    resolve()
    await settled
    expect(records.map(({ event }) => event)).toEqual(['signedOut', 'seenIn', 'seenOut'])
  })
})

describe('what is seen in the list of a group', () => {
  test('is recorded and counted', async () => {
    await observations.seenIn({ ...period, source: 'assigned' })
    await observations.seenOut({ ...period, how: 'removed' })
    expect(records).toEqual([
      { event: 'seenIn', ...period, source: 'assigned' },
      { event: 'seenOut', ...period, how: 'removed' },
    ])
    expect(kept).toEqual(['seenIn', 'seenOut'])
  })

  test('is not lost: who saw it hears that it was not recorded', async () => {
    append = () => Promise.reject(new Error('away'))
    await expect(observations.seenIn({ ...period, source: 'assigned' })).rejects.toThrow('away')
    await expect(observations.seenOut({ ...period, how: 'removed' })).rejects.toThrow('away')
    expect([kept, lost]).toEqual([[], []])
  })
})
