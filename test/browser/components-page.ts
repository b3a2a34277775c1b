import type { Cell } from '../../src/web/listing/cell.ts'
import { type FilterField, filtersOf } from '../../src/web/listing/filters.ts'
import { pageIn, pageOf } from '../../src/web/listing/paging.ts'
import { inOrder, sortIn } from '../../src/web/listing/sorting.ts'
import { type Column, type Row, tableOf } from '../../src/web/listing/table.ts'
import { get, type Page, post, redirect, view } from '../../src/web/page.ts'
import { dated, dayDated, instantOf, rangeOf } from '../../src/web/shell/instant.ts'

export const hostile = {
  script: `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`,
  long: `Maximiliane-Antoinette von Hohenzollern-Schwarzenberg zu Wittelsbach-Nassau ${'Unbreakable'.repeat(12)}`,
  rtl: 'محمد عبد الرحمن الخوارزمي ‮evil',
  id: '7f9f0c5e-1d7b-4d0f-9a56-0c1f6b1c2a3d.7f9f0c5e-1d7b-4d0f-9a56-0c1f6b1c2a3d',
} as const
const names = ['Ana Costa', 'Sam Okoro', hostile.script, hostile.long, hostile.rtl, 'Build Bot']

const minuteMs = 60_000
export const now = new Date('2026-03-02T12:00:00Z')
const before = (minutes: number) => new Date(now.getTime() - minutes * minuteMs)

const all = Array.from({ length: 500 }, (_, index) => ({
  number: index + 1,
  name: index < names.length ? (names[index] ?? '') : `Person ${String(index + 1).padStart(3, '0')}`,
  since: before(index * 7),
  uses: (index * 37) % 91,
}))

const columns: Column[] = [
  { key: 'name', label: 'Person', sorts: 'ascending' },
  { key: 'gate', label: 'Access to' },
  { key: 'since', label: 'Since', kind: 'time', sorts: 'descending' },
  { key: 'until', label: 'Until', kind: 'time' },
  { key: 'reason', label: 'Reason and ticket' },
  { key: 'how', label: 'How' },
  { key: 'uses', label: 'Times in 90 days', kind: 'number', sorts: 'descending' },
  { key: 'request', label: 'Request', kind: 'id' },
]

const badges: Cell[] = [
  { badge: 'on', tone: 'on' },
  { badge: 'waiting', tone: 'waiting' },
  { badge: 'can turn on', tone: 'off' },
  { badge: 'not through PIM', tone: 'attention' },
  { badge: 'role', tone: 'plain' },
]

function rowOf({ number, name, since, uses }: (typeof all)[number]): Row {
  const until = new Date(since.getTime() + 90 * minuteMs)
  const about = name.slice(0, 40)
  return {
    id: `row-${number}`,
    cells: {
      name: [name, { soft: `${name.slice(0, 30)}@contoso.example` }],
      gate: { link: 'Payments administrators', href: '/?gate=members' },
      since: { at: instantOf(since, now) },
      until: number % 5 === 0 ? { soft: 'no end' } : { at: instantOf(until, now) },
      reason:
        number % 4 === 0
          ? undefined
          : [{ quote: number === 3 ? hostile.script : 'Refund 8841' }, { code: 'INC-20931' }],
      how: badges[number % badges.length],
      uses: String(uses),
      request: hostile.id,
    },
    acts:
      number % 3 === 0
        ? [{ label: 'End', about, why: 'Microsoft allows ending after 12:05 UTC' }]
        : [
            { label: 'End', about, href: `/end?row=${number}`, isStop: true },
            { label: 'Keep', about, post: '/components', fields: { row: String(number) } },
          ],
    isHighlighted: number === 2,
    isOdd: number === 4,
  }
}

const filterFields: FilterField[] = [
  { kind: 'text', name: 'person', label: 'Person', hint: 'Part of a name or an address' },
  {
    kind: 'select',
    name: 'gate',
    label: 'Access to',
    any: 'Everything',
    options: [{ value: 'members', label: 'Payments administrators' }],
  },
  { kind: 'begin', name: 'from', label: 'From (UTC)', withTime: true },
  { kind: 'end', name: 'to', label: 'To (UTC)', withTime: true },
  { kind: 'tick', name: 'odd', label: 'Not through PIM only', isMore: true },
]

const errors = [
  { field: 'reason', text: 'Write a reason of 10 characters or more.' },
  { field: 'kind', text: 'Choose a kind.' },
]
const fields = [
  {
    kind: 'text',
    name: 'who',
    label: 'Person',
    hint: 'A name or an address',
    value: hostile.script,
    isRequired: true,
    maxLength: 200,
  },
  {
    kind: 'lines',
    name: 'reason',
    label: 'Reason',
    hint: '10 to 500 characters',
    value: hostile.rtl,
    error: errors[0]?.text,
    isRequired: true,
    maxLength: 500,
  },
  {
    kind: 'select',
    name: 'access',
    label: 'Access to',
    value: 'b',
    options: [
      { value: 'a', label: 'Payments administrators' },
      { value: 'b', label: hostile.long },
    ],
  },
  {
    kind: 'day',
    name: 'day',
    label: 'Until (UTC)',
    value: '2027-03-31',
    min: '2026-03-02',
    max: '2027-03-02',
    error: 'The policy allows a year at most.',
  },
  { kind: 'minute', name: 'minute', label: 'Ends at (UTC)', value: '2026-03-02T14:05' },
  {
    kind: 'radios',
    name: 'kind',
    label: 'Kind',
    value: 'eligible',
    isDown: true,
    error: errors[1]?.text,
    hint: 'An administrator can change it later.',
    options: [
      { value: 'eligible', label: 'can turn it on when needed', hint: 'With a passkey and a reason, each time' },
      { value: 'active', label: 'on from now until…', hint: 'This skips the passkey and approval each time' },
    ],
  },
  {
    kind: 'radios',
    name: 'length',
    label: 'For how long',
    value: '30',
    options: [
      { value: '30', label: '30 days' },
      { value: '90', label: '90 days' },
    ],
  },
  {
    kind: 'tick',
    name: 'sure',
    label: 'I have asked their manager',
    value: 'yes',
    isTicked: true,
    hint: 'The trail keeps this.',
  },
]

const facts: { term: string; cell: Cell }[] = [
  { term: 'Person', cell: [hostile.long, { soft: hostile.rtl }] },
  { term: 'On', cell: rangeOf(before(200), before(20), now) },
  { term: 'Over midnight', cell: rangeOf(before(2_000), before(20), now) },
  { term: 'Still on', cell: rangeOf(before(42), undefined, now) },
  { term: 'Permission ends', cell: { at: dayDated(new Date('2027-03-31T00:00:00Z'), now) } },
  { term: 'Seen', cell: { at: dated(before(3), now) } },
  { term: 'Request', cell: { code: hostile.id } },
  { term: 'How', cell: badges },
  { term: 'Reason', cell: { quote: hostile.script } },
  { term: 'Ticket', cell: undefined },
]

const controller: ReturnType<Page['create']> = ({ query }) => {
  const path = '/components'
  const { form, params, values } = filtersOf({ path, fields: filterFields, query })
  const sort = sortIn(query, { by: ['name', 'since', 'uses'], otherwise: '-since' })
  const found = all.filter(({ name }) => name.toLowerCase().includes((values.person ?? '').toLowerCase()))
  const sorted = inOrder(found, sort, row =>
    sort.by === 'since' ? row.since.getTime() : sort.by === 'uses' ? row.uses : row.name,
  )
  const size = (query as { size?: string }).size === 'all' ? 1_000 : 6
  const { rows, pager } = pageOf({ rows: sorted, page: pageIn(query), size, path, params, label: 'Pages of this list' })
  const list = { path, params, sort, columns }
  const empty = {
    title: 'Nobody is in.',
    detail: 'That is how it should be.',
    act: { label: 'See who can turn on access', href: '/components' },
  }
  return view(
    '../../test/browser/components',
    'Components',
    {
      tabs: {
        label: 'Who has access',
        items: [
          { label: 'On', href: '#list', count: 3, isCurrent: true },
          { label: 'Waiting', href: '#waiting', count: 1 },
          { label: 'Can turn on', href: '/components?page=2', count: 14 },
          { label: 'Permission ends soon', href: '/components?page=3', count: 2 },
        ],
      },
      asOf: { at: instantOf(before(0), now), source: 'Microsoft', href: '/components' },
      filters: form,
      table: tableOf({ ...list, caption: 'Who has access now', rows: rows.map(rowOf), empty }),
      nothing: tableOf({ ...list, caption: 'Nobody at all', columns: columns.slice(0, 3), rows: [], empty }),
      pager,
      empty,
      fields,
      errors,
      facts,
      downloads: [
        { href: '/components.csv', label: 'CSV', about: 'of these 500 rows' },
        { href: '/components.jsonl', label: 'JSON lines', about: 'of these 500 rows' },
      ],
      copyable: { id: 'key', label: 'Public key', text: `gatehouse+${hostile.id}`, rows: 2 },
      dangerous: {
        id: 'end',
        post: '/components',
        fields: { row: '1' },
        what: 'Ana Costa is out at once, in all browsers.',
        button: 'End access',
        back: '/components',
        error: 'Write a comment.',
      },
      notYet: {
        id: 'later',
        post: '/components',
        what: 'Ana Costa can no longer turn on access.',
        button: 'Remove',
        back: '/components',
        notYet: 'Microsoft allows removing after 12:05 UTC.',
      },
    },
    { isWide: true },
  )
}

const made = (of: ReturnType<Page['create']>) => Promise.resolve({ default: () => of })
export const said = `${hostile.script} can turn on access until 31 Mar 2027.`

/** A page with every part that pages share, filled with texts that no page expects. */
export const componentsPages = () =>
  Promise.all([
    get('/components', 'signed-in', made(controller), { nav: 'Components' }),
    ...['People', 'Trail', 'Timeline', 'Report', 'All sessions'].map(nav =>
      get(`/components/${nav.toLowerCase().replace(' ', '-')}`, 'auditors', made(controller), {
        nav,
        part: 'administration',
      }),
    ),
    post(
      '/components',
      'signed-in',
      made(() =>
        redirect('/components?sort=name&gate=members&odd=yes', {
          notice: {
            text: said,
            more: 'You can undo this from 12:05 UTC.',
            links: [{ label: 'See the record', href: '/components#row-2' }],
          },
        }),
      ),
    ),
  ])
