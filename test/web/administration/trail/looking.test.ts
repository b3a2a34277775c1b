import { describe, expect, test } from 'vitest'
import type { KeptRecord } from '../../../../src/session/ledger/reading.ts'
import { erasureOf, sameAct } from '../../../../src/web/administration/trail/around-record.ts'
import { boundsOf, trailFilterOf, wantedBy } from '../../../../src/web/administration/trail/filter.ts'
import { batchesOf, lookThrough, mostLookedAt } from '../../../../src/web/administration/trail/looking.ts'
import { type PageOfTrail, pageOfTrail } from '../../../../src/web/administration/trail/page-of-trail.ts'
import { erased, instantAt, keptAs, madeLedger } from './made-ledger.ts'

const gates = [{ name: 'members', title: 'Payments', selfService: false }]
const actor = { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example' }
const subject = { objectId: 'oid-ben', name: 'Ben Okafor', username: 'ben@contoso.example' }

describe('a filter', () => {
  const kept = keptAs({
    event: 'approvalCompleted',
    gate: 'members',
    act: 'act-1',
    actor,
    subject,
    by: { objectId: 'oid-kim', name: 'Kim Roe' },
    reason: 'Refund "8841"',
    ticket: 'INC-20931',
    request: 'req-77',
    nested: { deep: ['Needle'] },
  })
  const finds = (query: Record<string, string>) => wantedBy(trailFilterOf(query, gates).filter)(kept)

  test.each([
    {},
    { person: 'ana costa' },
    { person: 'BEN@' },
    { person: 'oid-kim' },
    { gate: 'members' },
    { act: 'deciding' },
    { ticket: 'inc-209' },
    { text: 'refund "8841"' },
    { text: 'act-1' },
    { text: 'needle' },
    { from: '2026-03-02', to: '2026-03-02' },
    { from: '2026-03-02T12:00', to: '2026-03-02T12:00' },
    { person: 'Ana', gate: 'members', act: 'deciding', ticket: 'INC', text: 'req-77' },
  ])('finds a record that it describes: %j', query => {
    expect(finds(query)).toBe(true)
  })
  test.each([
    { person: 'Refund' },
    { act: 'turning-on' },
    { ticket: 'Refund' },
    { text: 'nowhere' },
    { from: '2026-03-03' },
    { to: '2026-03-01' },
    { to: '2026-03-02T11:59' },
    { person: 'Ana', ticket: 'INC-1' },
  ])('passes over one that it does not: %j', query => {
    expect(finds(query)).toBe(false)
  })

  test('of another gate passes over the record', () => {
    const two = [...gates, { name: 'operators', title: 'Operators', selfService: false }]
    expect(wantedBy(trailFilterOf({ gate: 'operators' }, two).filter)(kept)).toBe(false)
  })
  test('of a time shows a record that cannot be read where it stands', () => {
    const unreadable = { record: { v: 1, seq: 0, at: '', event: 'auditUnreadable' } }
    expect(wantedBy(trailFilterOf({ from: '2026-03-03' }, gates).filter)(unreadable)).toBe(true)
  })
  test.each([{ act: 'nothing' }, { gate: 'nowhere' }, { from: 'yesterday' }])(
    'that cannot be right leads a download to the page that says so: %j',
    query => {
      const { filter, faultyPath } = trailFilterOf({ ...query, person: 'Ana' }, gates)
      expect([filter.values, faultyPath]).toEqual([
        { person: 'Ana' },
        `/trail?${new URLSearchParams({ person: 'Ana', ...query })}`,
      ])
    },
  )
  test('has its fields on the page, those that few need folded away', () => {
    const { form } = trailFilterOf({ from: '2026-03-02T12:00', to: '2026-03-02' }, gates)
    const told = (fields: typeof form.fields) => fields.map(({ kind, name, label }) => `${kind} ${name}: ${label}`)
    expect(told(form.fields)).toEqual([
      'text person: Person or object id',
      'select act: What',
      'select gate: Access to',
      'minute from: From (UTC)',
      'day to: To (UTC)',
    ])
    expect(told(form.more)).toEqual([
      'text ticket: Ticket',
      'text text: Text',
      'text record: Number of a record',
      'tick reading: Show who has read these pages, too',
    ])
    expect(trailFilterOf({}, gates).form.fields.map(({ kind }) => kind)).toEqual([
      ...['text', 'select', 'select', 'day', 'day'],
    ])
  })
  test('that is longer than any leads a download to the page, and not to everything', () => {
    expect(trailFilterOf({ text: 'x'.repeat(201) }, gates).faultyPath).toBe('/trail')
    expect(trailFilterOf({ text: ' ', person: 'Ana' }, gates).faultyPath).toBeUndefined()
  })
  test('shows what people read only when it is asked for', () => {
    const shows = (query: object) => trailFilterOf(query, gates).isWithReading
    expect([shows({}), shows({ reading: 'yes' }), shows({ act: 'reading' })]).toEqual([false, true, true])
    expect(trailFilterOf({ reading: 'yes' }, gates).filter.values).toEqual({})
  })

  test('of a time looks only among the numbers of that time', async () => {
    const ledger = madeLedger(Array.from({ length: 100 }, (_, seq) => keptAs({ event: 'signedIn' }, seq)))
    const bounds = (query: object, size = 100) => boundsOf(trailFilterOf(query, gates).filter, ledger, size)
    expect(await bounds({})).toEqual({ from: 0, to: 100 })
    expect(await bounds({ from: '2026-03-02T12:01' })).toEqual({ from: 60, to: 100 })
    expect(await bounds({ to: '2026-03-02T12:00' })).toEqual({ from: 0, to: 60 })
    expect(await bounds({ to: '2026-03-02T12:00' }, 30)).toEqual({ from: 0, to: 30 })
    expect(await bounds({ record: '7' })).toEqual({ from: 7, to: 8 })
    expect(await bounds({ record: '7' }, 7)).toEqual({ from: 7, to: 7 })
    expect(await bounds({ record: '7x' })).toEqual({ from: 0, to: 0 })
  })
})

const many = 100_000
/** Every thousandth record has the ticket. */
const all = Array.from({ length: many }, (_, seq) =>
  keptAs({ event: 'wrote', ...(seq % 1000 === 0 && { ticket: 'INC-1' }) }, seq),
)
const whole = { from: 0, to: many }
const isRare = wantedBy(trailFilterOf({ ticket: 'INC-1' }, gates).filter)
const any = () => true
const numbersOf = (records: readonly KeptRecord[]) => records.map(({ seq }) => seq)

describe('a request about 100,000 records', () => {
  test('looks at a bounded number of them, in batches, and says where it stopped', async () => {
    const ledger = madeLedger(all)
    const looked = await lookThrough(ledger, { bounds: whole, newestFirst: true, isWanted: isRare, want: 101 })
    expect(ledger.reads.reduce((sum, read) => sum + read, 0)).toBe(mostLookedAt)
    expect(Math.max(...ledger.reads)).toBe(1_000)
    expect([looked.found.length, looked.isAtEnd, looked.stoppedAt?.seq, looked.looked]).toEqual([
      20,
      false,
      many - mostLookedAt,
      mostLookedAt,
    ])
  })

  test('reads little where every record is wanted', async () => {
    const ledger = madeLedger(all)
    const looked = await lookThrough(ledger, { bounds: whole, newestFirst: true, isWanted: any, want: 101 })
    expect([ledger.reads, looked.found.length, looked.isAtEnd]).toEqual([[200], 101, false])
  })

  test('stops when its time is up', async () => {
    const ledger = madeLedger(all)
    const looked = await lookThrough(
      ledger,
      { bounds: whole, newestFirst: false, isWanted: isRare, want: 101 },
      { forMs: 0 },
    )
    expect([looked.looked, looked.isAtEnd]).toEqual([0, false])
  })

  test('ends where nothing is left', async () => {
    const ledger = madeLedger(all.slice(0, 500))
    const wish = { bounds: { from: 0, to: 500 }, newestFirst: false, isWanted: isRare, want: 101 }
    expect(await lookThrough(ledger, wish)).toMatchObject({ isAtEnd: true, looked: 500 })
    // Below the size there may be numbers without a record.
    expect(await lookThrough(ledger, { ...wish, bounds: { from: 0, to: 900 } })).toMatchObject({ isAtEnd: true })
  })

  test('finds each record once, whoever looks further, and again on the way back', async () => {
    const ledger = madeLedger(all)
    const page = (step: object = {}) => pageOfTrail(ledger, { bounds: whole, isWanted: isRare, query: step })
    const pages = await walk(page, ({ older, further }) => older ?? further?.step)
    expect(pages.flatMap(({ shown }) => numbersOf(shown))).toEqual(
      Array.from({ length: 100 }, (_, index) => (99 - index) * 1000),
    )
    expect(pages.map(({ further }) => further?.isBack)).toEqual([true, true, true, true, undefined])
    const back = await walk(page, ({ newer, further }) => (further?.isBack === false ? further.step : newer), {
      after: '4999',
    })
    expect(new Set(back.flatMap(({ shown }) => numbersOf(shown))).size).toBeGreaterThanOrEqual(80)
    expect(back.at(-1)?.newer).toBeUndefined()
  })
})

async function walk(
  page: (step?: object) => Promise<PageOfTrail>,
  next: (page: PageOfTrail) => object | undefined,
  first?: object,
): Promise<PageOfTrail[]> {
  const pages: PageOfTrail[] = []
  for (let step = first, isFirst = true; isFirst || step; isFirst = false) {
    const found = await page(step)
    pages.push(found)
    step = next(found)
    if (pages.length > 50) throw new Error('the pages have no end')
  }
  return pages
}

describe('pages of a hundred', () => {
  const ledger = madeLedger(all.slice(0, 350))
  const page = (query: object = {}) => pageOfTrail(ledger, { bounds: { from: 0, to: 350 }, isWanted: any, query })
  const ends = ({ shown }: PageOfTrail) => [shown[0]?.seq, shown.at(-1)?.seq]

  test('lead to older ones and back to the same', async () => {
    const down = await walk(page, ({ older }) => older)
    expect(down.map(ends)).toEqual([
      [349, 250],
      [249, 150],
      [149, 50],
      [49, 0],
    ])
    const up = await walk(page, ({ newer }) => newer, { after: '49' })
    expect(up.map(ends)).toEqual([
      [149, 50],
      [249, 150],
      [349, 250],
    ])
    expect(up[0]?.older).toEqual({ before: '50' })
  })

  test('that would not be full at the newest end begin with the newest', async () => {
    expect(ends(await page({ after: '300' }))).toEqual([349, 250])
  })

  test('stay within the bounds of the filter, whatever the address says', async () => {
    const within = await pageOfTrail(ledger, { bounds: { from: 10, to: 20 }, isWanted: any, query: { before: '400' } })
    expect([ends(within), within.newer, within.older]).toEqual([[19, 10], undefined, undefined])
    expect(ends(await page({ before: 'x', after: '-1' }))).toEqual([349, 250])
  })

  test('say nothing of older ones where the last is shown', async () => {
    expect((await page({ before: '100' })).older).toBeUndefined()
    expect((await page({ before: '101' })).older).toEqual({ before: '1' })
  })
})

test('all records of a part come a batch at a time, also where a batch holds none', async () => {
  const ledger = madeLedger(all)
  const batches: KeptRecord[][] = []
  for await (const batch of batchesOf(ledger, { bounds: { from: 100, to: 2_100 }, isWanted: isRare }, 300))
    batches.push(batch)
  expect(batches.map(numbersOf)).toEqual([[], [], [], [1000], [], [], [2000]])
  expect(ledger.reads).toEqual([300, 300, 300, 300, 300, 300, 200])
})

describe('around a record', () => {
  const records = Array.from({ length: 5_000 }, (_, seq) => {
    if ([100, 2_100, 2_110, 4_200].includes(seq))
      return keptAs({ event: 'activationWaiting', act: 'act-1', actor }, seq)
    if (seq === 4_000) return keptAs({ event: 'erasureCompleted', subject: { objectId: 'oid-ana' } }, seq)
    if (seq === 4_500) return keptAs({ event: 'erasureCompleted', subject: { objectId: 'oid-ben' } }, seq)
    return keptAs({ event: 'wrote' }, seq)
  })
  const ledger = madeLedger(records)
  const at = (seq: number) => records[seq] as KeptRecord

  test('the others of its act are found nearby', async () => {
    expect(numbersOf(await sameAct(ledger, at(2_100), 5_000))).toEqual([100, 2_110])
    expect(await sameAct(ledger, at(7), 5_000)).toEqual([])
  })
  test('the erasure of its person is found', async () => {
    expect((await erasureOf(ledger, erased(at(2_100)), 5_000))?.seq).toBe(4_000)
    expect(await erasureOf(ledger, at(2_100), 5_000)).toBeUndefined()
  })
})

test('the instants of the made ledger are a second apart', () => {
  expect(all[60]?.record.at).toBe(instantAt(60))
})
