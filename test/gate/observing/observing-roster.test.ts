import { beforeEach, describe, expect, test } from 'vitest'
import type { SeenIn, SeenOut } from '../../../src/audit/observations.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { GroupRequest } from '../../../src/entra/pim/group-lists.ts'
import { rosterFrom } from '../../../src/gate/news/roster.ts'
import { createRosterObserving } from '../../../src/gate/observing/observing-roster.ts'
import { now as noon } from '../memberships.ts'
import { leasesInMemory } from '../news/in-memory.ts'

const ana = 'a0000000-0000-4000-8000-000000000001'
const ben = 'b0000000-0000-4000-8000-000000000002'
const hour = 3_600_000
type Edit = (text: string | undefined) => string | null | undefined

let now: number
/** What Redis holds. */
let kept: string | undefined
let records: (SeenIn | SeenOut)[]
let warned: unknown[]
let asked: (string | undefined)[]
let answer: () => Promise<GroupRequest[]>
/** The names that the application may read, and the people whose names it was asked for. */
let names: Map<string, { name: string; username?: string }>
let named: string[]
/** Runs before a record is written. */
let beforeWriting: () => void
/** Runs between what is read in Redis and what is written there. */
let meanwhile: () => void

const append = async (record: SeenIn | SeenOut) => {
  beforeWriting()
  records.push(record)
}
const notes = {
  async change(_name: string, edit: Edit): Promise<boolean> {
    for (;;) {
      const before = kept
      const after = edit(before)
      if (after === undefined) return false
      const run = meanwhile
      meanwhile = () => {}
      run()
      if (kept !== before) continue
      kept = after ?? undefined
      return true
    }
  },
}
const openReplica = () =>
  createRosterObserving({
    gate: 'members',
    clock: () => new Date(now),
    notes,
    leases: leasesInMemory(),
    requests: async id => {
      asked.push(id)
      return answer()
    },
    names: async ids => {
      named.push(...ids)
      return names
    },
    observations: { seenIn: append, seenOut: append },
    log: { warn: (line: unknown) => void warned.push(line) } as never,
  })
let replica: ReturnType<typeof openReplica>

/** Has a replica see these people in the group, each turned on at noon. */
async function see(ids: string[], by = replica, askedAt = now) {
  const assignments = ids.map(principalId => ({ principalId, startsAt: noon, until: noon + hour, isTurnedOn: true }))
  const listing = { assignments, members: ids }
  by(rosterFrom(listing, { askedAt, before: undefined, now }), listing)
  await new Promise(resolve => setTimeout(resolve))
}
const inNow = () => records.map(record => ('source' in record ? record.subject.objectId : 'out'))
const away = () => {
  throw new Error('away')
}

beforeEach(async () => {
  now = noon
  kept = undefined
  records = []
  warned = []
  asked = []
  named = []
  names = new Map()
  answer = async () => []
  beforeWriting = () => {}
  meanwhile = () => {}
  replica = openReplica()
  await see([])
  now += 15_000
})

test('a change is recorded once, and the requests are asked for about its person alone', async () => {
  await see([ana])
  now += 15_000
  await see([ana])
  expect([inNow(), asked]).toEqual([[ana], [ana]])
})

test('people are recorded by the names that the application may read', async () => {
  names = new Map([[ana, { name: 'Ana Costa', username: 'ana@contoso.example' }]])
  await see([ana, ben])
  expect(named).toEqual([ana, ben])
  expect(records.map(({ subject }) => subject)).toEqual([
    { objectId: ana, name: 'Ana Costa', username: 'ana@contoso.example' },
    { objectId: ben },
  ])
})

test('many changes are looked up in one list of all requests', async () => {
  const many = Array.from({ length: 6 }, (_, index) => ben.replace(/2$/, String(index)))
  await see(many)
  expect([inNow(), asked]).toEqual([many, [undefined]])
})

test('what another replica has recorded is not recorded again', async () => {
  const other = openReplica()
  await see([ana])
  now += 15_000
  await see([ana], other)
  expect(inNow()).toEqual([ana])
})

test('of two replicas that see a change at the same moment one records it', async () => {
  const other = openReplica()
  let whole: Promise<void> | undefined
  meanwhile = () => {
    whole = see([ana], other)
  }
  await see([ana])
  await whole
  expect(inNow()).toEqual([ana])
})

test('a list that is older than the last one that changed something is passed over', async () => {
  await see([ana])
  await see([], replica, now - 1)
  await see([ana, ben], replica, now)
  expect([inNow(), JSON.parse(kept ?? '').people[ana].missing]).toEqual([[ana], undefined])
})

test('a list dated far ahead by a wrong clock does not stand in the way', async () => {
  await see([ana], replica, now + hour)
  now += 15_000
  await see([ana, ben])
  expect(inNow()).toEqual([ana, ben])
})

describe('a change that could not be recorded', () => {
  test('is recorded later, after a pause and before anything newer, and nothing twice', async () => {
    await see([ana, ben])
    records = []
    kept = undefined
    await see([])
    now += 15_000
    let left = 1
    beforeWriting = () => (left-- > 0 ? undefined : away())
    await see([ana, ben])
    expect([inNow(), warned]).toEqual([[ana], [{ event: 'roster-not-observed', error: expect.any(Error) }]])
    beforeWriting = () => {}
    now += 14_999
    await see([ana, ben])
    expect(inNow()).toEqual([ana])
    now += 1
    await see([ana, ben])
    expect(inNow()).toEqual([ana, ben])
  })

  test('of a replica that died meanwhile is taken over after two minutes, and may be recorded twice', async () => {
    const { change } = notes
    const dying = openReplica()
    beforeWriting = () => {
      // Whatever it writes from here on does not reach Redis.
      notes.change = () => Promise.reject(new Error('dead'))
      beforeWriting = () => {}
    }
    await see([ana], dying)
    notes.change = change
    now += 119_999
    await see([ana])
    expect(inNow()).toEqual([ana])
    now += 1
    await see([ana])
    expect(inNow()).toEqual([ana, ana])
    now += 15_000
    await see([ana])
    expect(inNow()).toEqual([ana, ana])
  })

  test('is seen anew where Redis lost all of it in a fail-over', async () => {
    const before = kept
    await see([ana])
    kept = before
    records = []
    now += 15_000
    await see([ana])
    expect(inNow()).toEqual([ana])
  })

  test('is recorded again where Redis lost that it was, and the record with it', async () => {
    let owed: string | undefined
    beforeWriting = () => {
      owed = kept
    }
    await see([ana])
    kept = owed
    records = []
    now += 120_000
    await see([ana])
    expect(inNow()).toEqual([ana])
  })
})

describe('where Graph does not say why', () => {
  test('a change waits for reason and ticket, and is recorded without them after five tries', async () => {
    answer = () => Promise.reject(new NoAnswer('silence'))
    for (let tries = 1; tries <= 4; tries++) {
      await see([ana])
      now += 15_000
    }
    expect(inNow()).toEqual([])
    await see([ana])
    expect(inNow()).toEqual([ana])
  })

  test('because the application may not read requests, it is recorded at once without them', async () => {
    answer = () => Promise.reject(new GraphRefusal('denied', { status: 403 }))
    await see([ana])
    expect([inNow(), warned]).toEqual([[ana], [{ event: 'roster-reasons-unknown', error: expect.any(GraphRefusal) }]])
  })
})

test('what another release wrote is as good as nothing: everybody is seen for the first time', async () => {
  for (const text of ['{', '{"people":7}']) {
    kept = text
    records = []
    await see([ana])
    expect(records).toEqual([expect.objectContaining({ first: true })])
  }
})
