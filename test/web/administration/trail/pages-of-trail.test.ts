import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AuditRecord } from '../../../../src/audit/trail.ts'
import { leafHash } from '../../../../src/audit/tree/hashes.ts'
import { isIncluded } from '../../../../src/audit/tree/inclusion.ts'
import { readExportedHead, readExportedRecord } from '../../../../src/audit/verify/exported.ts'
import csv from '../../../../src/web/controllers/trail/csv.ts'
import jsonl from '../../../../src/web/controllers/trail/jsonl.ts'
import list from '../../../../src/web/controllers/trail/list.ts'
import one from '../../../../src/web/controllers/trail/one.ts'
import type { DownloadReply, Reply, ViewReply, Visit } from '../../../../src/web/page.ts'
import { erased, keptAs, madeLedger } from './made-ledger.ts'

const gates = [{ name: 'members', title: 'Payments', selfService: false }]
const actor = { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example' }
const ben = { objectId: 'oid-ben', name: 'Ben Okafor' }
const some: AuditRecord[] = [
  { event: 'activationRequested', act: 'act-1', gate: 'members', actor, reason: 'Refund 8841', minutes: 60 },
  {
    event: 'activationCompleted',
    act: 'act-1',
    gate: 'members',
    actor,
    reason: 'Refund 8841',
    minutes: 60,
    extra: { a: [1] },
  },
  {
    event: 'removalCompleted',
    act: 'act-2',
    gate: 'former',
    actor,
    subject: ben,
    person: ben.name,
    ticket: 'INC-1',
    until: '2026-03-02T13:00:00.000Z',
  },
  { event: 'read', actor, page: '/trail' },
]
const controllers = { '/trail': list, '/trail/1': one, '/trail.csv': csv, '/trail.jsonl': jsonl }
type Path = keyof typeof controllers

function made(records = some.map((record, seq) => keptAs(record, seq)), how: Parameters<typeof madeLedger>[1] = {}) {
  const ledger = madeLedger(records, how)
  const services = {
    ledger,
    clock: () => new Date('2026-03-02T12:10:00Z'),
    config: { gates, baseUrl: 'https://admin.example.com' },
  }
  const visit = (path: Path | string, { isAhead = false, query = {} as object } = {}) => {
    const id = /^\/trail\/(.*)$/.exec(path)?.[1]
    const controller = controllers[(id === undefined ? path : '/trail/1') as Path](services as never)
    return controller({
      person: { ...actor, objectId: 'oid-auditor' },
      params: { id },
      query,
      isAhead,
    } as unknown as Visit)
  }
  return { ledger, services, visit }
}
// biome-ignore lint/suspicious/noExplicitAny: the tests look into models as views do.
type Seen = any
type Replied = Reply | Promise<Reply>
const modelOf = async (reply: Replied): Promise<Seen> => ((await reply) as ViewReply).model
async function textOf(reply: Replied): Promise<string> {
  let text = ''
  for await (const piece of ((await reply) as DownloadReply).pieces) text += piece
  return text
}

describe.each(Object.keys(controllers) as Path[])('%s', path => {
  test('gives nothing to a visit that is ahead, and reads and records nothing', async () => {
    const { ledger, visit } = made()
    expect(await visit(path, { isAhead: true })).toEqual({ nothing: true })
    expect([ledger.records.length, ledger.reads]).toEqual([some.length, []])
  })
  test('shows and gives nothing that cannot be recorded', async () => {
    const { services } = made()
    const away = new Error('redis-away')
    const failing = { ...services, ledger: { ...services.ledger, append: () => Promise.reject(away) } }
    const controller = controllers[path](failing as never)
    const visit = { person: actor, params: { id: '1' }, query: {}, isAhead: false } as unknown as Visit
    await expect(controller(visit)).rejects.toBe(away)
  })
  test('records once who came', async () => {
    const { ledger, visit } = made()
    await visit(path)
    const how = path.includes('.') ? { event: 'download', what: path.slice(7) } : { event: 'read', page: path }
    expect(ledger.records.slice(some.length).map(({ record }) => record)).toMatchObject([
      { ...how, actor: { objectId: 'oid-auditor' } },
    ])
  })
})

describe('the list', () => {
  const shown = async (query: object) =>
    (await modelOf(made().visit('/trail', { query }))).table.rows.map((row: Seen) => row.cells[0].link)

  test('hides what people read, and shows it when that is asked for', async () => {
    expect(await shown({})).toEqual(['2', '1', '0'])
    expect(await shown({ reading: 'yes' })).toEqual(['4', '3', '2', '1', '0'])
    expect(await shown({ act: 'reading' })).toEqual(['4', '3'])
  })
  test('shows a row for each record: number, time to the second, sentence, reason, ticket', async () => {
    const { table } = await modelOf(made().visit('/trail'))
    expect(table.rows.map((row: Seen) => row.cells)).toMatchObject([
      [
        { link: '2', href: '/trail/2' },
        { at: { iso: '2026-03-02T12:00:02.000Z', absolute: '2 Mar, 12:00:02 UTC' } },
        ['Ana Costa took away the access to former of Ben Okafor.'],
        { code: 'INC-1' },
      ],
      [{}, {}, ['Ana Costa turned on access to Payments for 1 hour.', { quote: 'Refund 8841' }], undefined],
      [{}, {}, ['Ana Costa asked to turn on access to Payments for 1 hour.', { quote: 'Refund 8841' }], undefined],
    ])
  })
  test('marks what is wrong with the trail itself, and what was erased', async () => {
    const gone = erased(keptAs({ event: 'signedIn', actor }, 1))
    const { table } = await modelOf(made([keptAs({ event: 'auditShortened', from: 1, to: 2 }), gone]).visit('/trail'))
    expect(table.rows.map(({ isOdd, cells }: Seen) => [isOdd, cells[2]])).toEqual([
      [false, ['A person whose name was erased signed in.', { soft: 'Names, addresses and texts were erased.' }]],
      [true, ['The trail has lost the records 1 to 2.']],
    ])
  })
  test('of a record of an earlier release shows when it was written', async () => {
    const { table } = await modelOf(
      made([keptAs({ event: 'signedIn', recordedAt: '2026-01-05T08:00:00.000Z' })]).visit('/trail'),
    )
    expect(table.rows[0].cells[1]).toMatchObject([{ at: { iso: '2026-01-05T08:00:00.000Z' } }, {}])
  })
  test('shows a record without an instant', async () => {
    const { table } = await modelOf(made([keptAs({ event: 'auditUnreadable' }, 0, '')]).visit('/trail'))
    expect(table.rows[0].cells[1]).toEqual({ soft: 'not known' })
  })
  test.each([
    [{}, '3 records, numbers 0 to 2', 'of the whole trail'],
    [{ ticket: 'INC' }, '1 record, number 2', 'of this filter'],
    [{ ticket: 'none' }, 'No record', 'of this filter'],
  ])('says what it shows, and what a download would be of: %j', async (query, position, about) => {
    const { pager, downloads } = await modelOf(made().visit('/trail', { query }))
    expect([pager.position, downloads[0].about]).toEqual([position, about])
    const asked = new URLSearchParams(query as Record<string, string>).toString()
    expect(downloads.map(({ href }: Seen) => href)).toEqual(
      ['/trail.csv', '/trail.jsonl'].map(path => (asked ? `${path}?${asked}` : path)),
    )
  })
  test('says where nothing was recorded, and where nothing is like the filter', async () => {
    const empty = async (query: object) => (await modelOf(made([]).visit('/trail', { query }))).table.empty.title
    expect([await empty({}), await empty({ ticket: 'x' })]).toEqual([
      'Nothing has been recorded yet.',
      'No record is like that.',
    ])
  })
  test('leads further where it has looked at as many records as it may', async () => {
    const many = Array.from({ length: 20_100 }, (_, seq) => keptAs({ event: 'wrote' }, seq))
    const { further } = await modelOf(made(many).visit('/trail', { query: { ticket: 'INC' } }))
    expect(further).toMatchObject({
      looked: '20,000',
      label: 'Look further back',
      href: '/trail?ticket=INC&before=101',
    })
    expect((await modelOf(made().visit('/trail'))).further).toBeUndefined()
  })
  test('gives the checkpoint to keep, signed or not', async () => {
    const bare = (await modelOf(made().visit('/trail'))).checkpoint
    expect([bare.isSigned, bare.note.text]).toEqual([false, expect.stringMatching(/^admin\.example\.com\/trail\n5\n/)])
    const signed = (await modelOf(made(undefined, { note: 'the note' }).visit('/trail'))).checkpoint
    expect([signed.isSigned, signed.note.text, signed.vkeys.text, signed.size]).toEqual([true, 'the note', 'vkey', 5])
  })
})

describe('a record', () => {
  const model = (path: string, ...how: Parameters<typeof made>) => modelOf(made(...how).visit(path))

  test('shows all its facts, also those that this release has no word for', async () => {
    const { told, sentence } = await model('/trail/1')
    expect(sentence).toBe('Ana Costa turned on access to Payments for 1 hour.')
    expect(Object.fromEntries(told.map(({ term, cell }: Seen) => [term, cell]))).toMatchObject({
      Event: { code: 'activationCompleted' },
      'Access to': ['Payments', { soft: 'members' }],
      Who: ['Ana Costa', { soft: 'ana@contoso.example' }, { code: 'oid-ana' }],
      Reason: { quote: 'Refund 8841' },
      Minutes: '60',
      Act: { code: 'act-1' },
      extra: { code: '{"a":[1]}' },
    })
  })
  test('names a gate that is no more by its name, and a subject once', async () => {
    const { told } = await model('/trail/2')
    const terms = told.map(({ term }: Seen) => term)
    expect(terms.filter((term: string) => term === 'About')).toHaveLength(1)
    expect(told.find(({ term }: Seen) => term === 'Access to').cell).toBe('former')
    expect(told.find(({ term }: Seen) => term === 'Until').cell).toMatchObject({
      at: { iso: '2026-03-02T13:00:00.000Z' },
    })
  })
  test('shows what belongs to the same act, and the way to more of it', async () => {
    const { act } = await model('/trail/1')
    expect([act.href, act.table.rows.map((row: Seen) => row.cells[0].link)]).toEqual(['/trail?text=act-1', ['0']])
    expect((await model('/trail/3')).act).toBe(false)
  })
  test('is proven by its leaf and its proof', async () => {
    const { services } = made()
    const { proof, bytes } = await model('/trail/1')
    const { size, root } = await services.ledger.checkpoint()
    const steps = proof.steps.text.split('\n').map((step: string) => Buffer.from(step, 'base64'))
    const leaf = leafHash(bytes.text)
    expect(proof.facts[0].cell.code).toBe(leaf.toString('base64'))
    // The visit itself is one more record.
    expect(proof.size).toBe(size + 1)
    expect(isIncluded({ leaf, index: 1, size: size + 1, proof: steps }, root)).toBe(false)
    expect(
      isIncluded({ leaf, index: 1, size: size + 1, proof: steps }, Buffer.from(proof.facts[2].cell.code, 'base64')),
    ).toBe(true)
    expect([proof.state, proof.download]).toEqual(['there', '/trail.jsonl?record=1'])
  })
  test('waits for the next checkpoint where none covers it yet', async () => {
    const { proof } = await model('/trail/3', undefined, { young: 2 })
    expect([proof.state, proof.steps.text, proof.facts.length]).toEqual(['later', '', 1])
  })
  test.each([
    ['MissingHash', 'lost'],
    ['Problem', undefined],
  ])('says where hashes of its proof are gone, and hides no other fault: %s', async (name, state) => {
    const { ledger, visit } = made()
    const fault = Object.assign(new Error('gone'), { name })
    Object.assign(ledger, { proofOf: () => Promise.reject(fault) })
    if (state === undefined) await expect(visit('/trail/1')).rejects.toBe(fault)
    else expect((await modelOf(visit('/trail/1'))).proof.state).toBe(state)
  })
  test('says whether its names are there, and when they were erased', async () => {
    const personal = async (records: Parameters<typeof made>[0]) => (await model('/trail/0', records)).personal
    const named = keptAs({ event: 'signedIn', actor })
    const erasure = keptAs({ event: 'erasureCompleted', subject: { objectId: 'oid-ana' } }, 1)
    expect(await personal([keptAs({ event: 'lapsed' })])).toBe('This record never had any.')
    expect(await personal([named])).toMatch(/^Kept beside the record/)
    expect(await personal([erased(named)])).toMatch(/^Erased\./)
    expect(await personal([erased(named), erasure])).toMatchObject(['Erased on:', { at: {} }, { href: '/trail/1' }])
  })
  test('leads to those beside it', async () => {
    const beside = async (path: string) => (await model(path)).pager
    expect(await beside('/trail/0')).toMatchObject({ position: 'Record 0 of 4', previous: { href: '/trail/1' } })
    expect(await beside('/trail/0')).not.toHaveProperty('next')
    expect(await beside('/trail/3')).toMatchObject({ next: { href: '/trail/2' } })
    expect(await beside('/trail/3')).not.toHaveProperty('previous')
  })
  test.each(['4', 'x', '01', '-1', ''])('that there is none of is not found, and not recorded: %j', async id => {
    const { ledger, visit } = made()
    await expect(visit(`/trail/${id}`)).rejects.toMatchObject({ code: 'not-found' })
    expect(ledger.records).toHaveLength(some.length)
  })
  test('whose contents are gone says so', async () => {
    const { services, visit } = made()
    Object.assign(services.ledger, { read: async () => [] })
    expect(await visit('/trail/1')).toMatchObject({ view: 'trail-record-gone', status: 404 })
  })
})

describe('a download', () => {
  test.each(['/trail.csv', '/trail.jsonl'])('with a filter that cannot be right is none: %s', async path => {
    const { ledger, visit } = made()
    expect(await visit(path, { query: { act: 'nothing' } })).toEqual({ redirect: '/trail?act=nothing' })
    expect(ledger.records).toHaveLength(some.length)
  })
  test('as CSV has the records that there were before it, oldest first', async () => {
    const lines = (await textOf(made().visit('/trail.csv'))).trimEnd().split('\r\n')
    expect(lines.map(line => /^\uFEFF?"(.*?)"/.exec(line)?.[1])).toEqual(['record', '0', '1', '2', '3'])
    const part = await textOf(made().visit('/trail.csv', { query: { ticket: 'INC' } }))
    expect(part.trimEnd().split('\r\n')).toHaveLength(2)
  })
  test('as JSON lines has the records that its checkpoint covers, each with its proof', async () => {
    const { ledger, visit } = made(undefined, { young: 1 })
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const asked = textOf(visit('/trail.jsonl', { query: { gate: 'members' } }))
    await vi.advanceTimersByTimeAsync(4_100)
    const [first = '', ...lines] = (await asked).trimEnd().split('\n')
    const head = readExportedHead(first)
    expect(head).toMatchObject({ filter: { gate: 'members' }, vkey: null })
    const [, size, root = ''] = head?.checkpoint.split('\n') ?? []
    expect(size).toBe('3')
    expect(lines).toHaveLength(2)
    for (const [index, line] of lines.entries()) {
      const { bytes = '', proof = [], personal, salt } = readExportedRecord(line) ?? {}
      const { bytes: stored, ...kept } = ledger.records[index] as (typeof ledger.records)[number]
      expect([bytes, personal, salt]).toEqual([stored, kept.personal, kept.salt])
      expect(isIncluded({ leaf: leafHash(bytes), index, size: 3, proof }, Buffer.from(root, 'base64'))).toBe(true)
    }
  })
  test('as JSON lines waits for a checkpoint that covers what was recorded before', async () => {
    const { ledger, visit } = made(undefined, { young: 1 })
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const asked = textOf(visit('/trail.jsonl'))
    await vi.advanceTimersByTimeAsync(1_000)
    ledger.cover()
    await vi.advanceTimersByTimeAsync(200)
    expect((await asked).trimEnd().split('\n')).toHaveLength(1 + some.length)
  })
  test('as JSON lines names the key that signed', async () => {
    const [first = ''] = (await textOf(made(undefined, { note: 'the note' }).visit('/trail.jsonl'))).split('\n')
    expect(readExportedHead(first)).toMatchObject({ checkpoint: 'the note', vkey: 'vkey', filter: {} })
  })
})
