import { expect, test } from 'vitest'
import { leafHash } from '../../../../src/audit/tree/hashes.ts'
import { csvHead, csvLine, csvRecord } from '../../../../src/web/administration/trail/csv.ts'
import { erased, keptAs } from './made-ledger.ts'

/** Reads CSV as RFC 4180 has it, and nothing else. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let rest = text; rest !== ''; ) {
    const [field = '', value = ''] = /^"((?:[^"]|"")*)"/.exec(rest) ?? []
    if (field === '') throw new Error(`not in quotes: ${rest.slice(0, 20)}`)
    row.push(value.replaceAll('""', '"'))
    const end = rest.slice(field.length)
    if (end.startsWith('\r\n')) {
      rows.push(row)
      row = []
      rest = end.slice(2)
    } else if (end.startsWith(',')) rest = end.slice(1)
    else throw new Error(`no end of a field: ${end.slice(0, 20)}`)
  }
  return rows
}
const titleOf = (gate: string) => gate
const [names = []] = readCsv(csvHead().slice(1))
const read = (...record: Parameters<typeof keptAs>) =>
  Object.fromEntries((readCsv(csvRecord(keptAs(...record), titleOf))[0] ?? []).map((value, at) => [names[at], value]))

const hostile = [
  '=HYPERLINK("http://evil.example","Ana")',
  '+1+1',
  "-2+3+cmd|' /C calc'!A0",
  '@SUM(1+1)',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '＝1+1',
  '＋1',
  '－1',
  '＠A1',
]

test.each(hostile)('a name that a spreadsheet would take for a formula is a text: %j', name => {
  const { person, reason } = read({ event: 'signedIn', actor: { objectId: 'x', name }, reason: name })
  expect([person, reason]).toEqual([`'${name}`, `'${name}`])
})

test.each(['Ana "the boss" Costa', 'a,b;c', 'two\r\nlines', '"', 'محمد', 'Łukasz', '', "o'Neil", ' =1'])(
  'a name is what it was: %j',
  name => {
    expect(read({ event: 'signedIn', actor: { objectId: 'x', name } }).person).toBe(name)
  },
)

test('a value cannot begin a field or a line of its own', () => {
  const value = '","=1+1"\r\n"=2+2'
  expect(readCsv(csvLine([value, 'next']))).toEqual([[value, 'next']])
})

test('begins with the mark by which Excel knows UTF-8, and names its columns', () => {
  expect(csvHead().charCodeAt(0)).toBe(0xfeff)
  expect(names).toEqual([
    ...['record', 'time', 'what happened', 'event', 'gate'],
    ...['person', 'person user name', 'person id', 'about', 'about user name', 'about id'],
    ...['decided by', 'decided by user name', 'decided by id', 'reason', 'comment', 'ticket', 'minutes'],
    ...['since', 'until', 'request', 'status', 'code', 'page', 'method', 'address', 'act'],
    ...['names erased', 'leaf hash'],
  ])
})

test('a record has its facts under their names, its sentence, and the hash that ties it to the tree', () => {
  const record = {
    event: 'activationCompleted',
    gate: 'members',
    act: 'act-1',
    actor: { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example' },
    subject: { objectId: 'oid-ben', name: 'Ben Okafor' },
    by: { objectId: 'oid-kim', name: 'Kim Roe' },
    ticket: 'INC-1',
    minutes: 60,
    request: 'req',
    status: 'Granted',
    address: '192.0.2.7',
  }
  expect(read(record, 81)).toMatchObject({
    record: '81',
    time: '2026-03-02T12:01:21.000Z',
    'what happened': 'Ana Costa turned on access to members for 1 hour, approved by Kim Roe.',
    event: 'activationCompleted',
    gate: 'members',
    person: 'Ana Costa',
    'person user name': 'ana@contoso.example',
    'person id': 'oid-ana',
    about: 'Ben Okafor',
    'about user name': '',
    'decided by': 'Kim Roe',
    'decided by id': 'oid-kim',
    ticket: 'INC-1',
    minutes: '60',
    request: 'req',
    status: 'Granted',
    address: '192.0.2.7',
    act: 'act-1',
    'names erased': '',
    'leaf hash': expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('a record that says nothing more has nothing more', () => {
  const { record, time, event, 'what happened': sentence, 'leaf hash': leaf, ...rest } = read({ event: 'lapsed' })
  expect([record, event]).toEqual(['0', 'lapsed'])
  expect(new Set(Object.values(rest))).toEqual(new Set(['']))
  expect(time && sentence && leaf).toBeTruthy()
})

test.each(['since', 'until', 'code', 'page', 'method', 'comment'])('has the fact %s', name => {
  expect(read({ event: 'wrote', [name]: 'told' })[name]).toBe('told')
})

test('a record whose names were erased says so', () => {
  const kept = erased(keptAs({ event: 'signedIn', actor: { objectId: 'x', name: 'Ana' } }))
  const [values = []] = readCsv(csvRecord(kept, titleOf))
  expect(values[names.indexOf('names erased')]).toBe('yes')
  expect(values[names.indexOf('leaf hash')]).toBe(leafHash(kept.bytes).toString('hex'))
})
