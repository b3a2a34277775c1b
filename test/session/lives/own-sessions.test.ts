import type { Request } from 'express'
import { describe, expect, test } from 'vitest'
import { createOwnSessions } from '../../../src/session/lives/own-sessions.ts'
import { handleOf, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice, recordAt } from '../../support/alice.ts'

const own: SessionRecord = { ...recordAt(2), lineage: 'this lineage' }
const stored: Record<string, SessionRecord> = { one: recordAt(1), this: own, three: recordAt(3) }

/** Alice's request in the session "this", beside two other sessions of hers and one that is over. */
function open({ isSignedIn = true } = {}) {
  const request = { sessionID: 'this' } as never as Request
  const ended: unknown[][] = []
  const sessions = createOwnSessions({
    records: new WeakMap(isSignedIn ? [[request, own]] : []),
    registry: { ofPerson: async (who: unknown) => (who === alice ? ['one', 'over', 'this', 'three'] : []) } as never,
    byId: { read: async id => stored[id] },
    endOf: {
      person: async (...args: unknown[]) => void ended.push(['person', ...args]),
      lineage: async (...args: unknown[]) => void ended.push(['lineage', ...args]),
    } as never,
  })
  return {
    ended,
    ownSessions: () => sessions.ownSessions(request),
    endOwn: (which: string) => sessions.endOwn(request, which),
  }
}

describe('the sessions of a person', () => {
  test('are those that are open, the newest first', async () => {
    expect((await open().ownSessions()).map(({ record }) => record)).toEqual([stored.three, own, stored.one])
  })

  test('are named by their handles', async () => {
    const handles = (await open().ownSessions()).map(({ handle }) => handle)
    expect(handles).toEqual([handleOf('three'), 'this lineage', handleOf('one')])
  })

  test('have one among them that is the session of the request', async () => {
    expect((await open().ownSessions()).map(({ isThisOne }) => isThisOne)).toEqual([false, true, false])
  })

  test('are none for somebody who is not signed in', async () => {
    expect(await open({ isSignedIn: false }).ownSessions()).toEqual([])
  })
})

describe('a person ends', () => {
  const cases: [which: string, ended: unknown[]][] = [
    ['all', ['person', alice]],
    ['others', ['person', alice, 'this lineage']],
    ['some handle', ['lineage', alice, 'some handle']],
  ]
  test.for(cases)('of their sessions "%s"', async ([which, expected], { expect }) => {
    const { ended, endOwn } = open()
    await endOwn(which)
    expect(ended).toEqual([expected])
  })

  test('nothing without being signed in', async () => {
    const { ended, endOwn } = open({ isSignedIn: false })
    await endOwn('all')
    expect(ended).toEqual([])
  })
})
