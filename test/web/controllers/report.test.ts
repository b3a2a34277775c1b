import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished } from 'vitest'
import { runVerify } from '../../../infra/audit/verify-command.ts'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'
import { afternoon, october } from '../administration/report/october.ts'
import { trailInMemory } from '../administration/report/trail-in-memory.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const test = testIn({
  now: afternoon,
  settings: {
    ADMIN_GROUP_ID: managedGroups.administrators,
    AUDITOR_GROUP_ID: managedGroups.auditors,
    AUDIT_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  },
})

const people = {} as Record<'auditor' | 'administrator' | 'member', Visitor>
/** What was recorded while the pages were looked at. */
const recorded: (() => Promise<Record<string, unknown> | undefined>)[] = []
test.beforeAll(async ({ house }) => {
  const { ledger } = house.services
  const { read: readReal } = ledger
  recorded.push(async () => (await readReal({}, { newestFirst: true, count: 1 }))[0]?.record)
  const { read, size, seqAt } = trailInMemory(october)
  Object.assign(ledger, { read, size, seqAt })
  house.tenant.assign('oskar', { minutes: 60, reason: 'The yearly audit', group: 'auditors' })
  house.tenant.assign('ada', { minutes: 60, reason: 'A rota change', group: 'administrators' })
  people.auditor = await house.visitor('oskar')
  people.administrator = await house.visitor('ada')
  people.member = await house.visitor('alice')
})
const newest = async () => recorded[0]?.()
const read = async (path: string) => (await people.auditor.get(path)).text ?? ''

describe.each(['/timeline', '/trail/report'])('%s', path => {
  test.for(['auditor', 'administrator'] as const)('is there for an %s, and that is recorded', async who => {
    expect((await people[who].get(path)).status).toBe(200)
    expect(await newest()).toMatchObject({ event: 'read', page: path })
  })
  test('is not there for a member', async () => {
    const { status, text } = await people.member.get(path)
    expect([status, text?.includes('Ana Costa')]).toEqual([403, false])
  })
  test('gives nothing to a visit that is ahead', async () => {
    const headers = { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate', 'Sec-Purpose': 'prefetch' }
    expect((await people.auditor.send('get', path, { headers })).status).toBe(204)
  })
})

describe('the timeline', () => {
  test('lists who was in at an instant, each with the record', async () => {
    const html = await read('/timeline?at=2026-10-20T09:30')
    expect(html).toContain('In at 20 Oct, 09:30 UTC: 3 people')
    expect(html).toContain('<path class="at"')
    expect(await read('/timeline?at=2026-10-20T09:50')).toContain('09:50 UTC: 2 people')
    expect(await read('/timeline?at=2026-10-20T09:30&person=sam')).toContain('1 person<')
    expect(await read('/timeline?at=2026-10-20T22:00')).toContain('nobody knows yet')
  })
  test('says in words what the drawing shows, with the same links', async () => {
    const html = await read('/timeline')
    const words = '09:00 to 09:50 UTC, turned on, ended by the person, INC-20931'
    const links = [...html.matchAll(new RegExp(`href="([^"]+)"[^>]*>(?:<path[^>]*>)*(?:<title>|<bdi>)${words}`, 'g'))]
    expect(links.map(([, href]) => href)).toEqual(['/trail/9', '/trail/9'])
    expect(html).toContain('09:10 to 09:40 UTC, asked, denied by Kim Roe')
    expect(html).toContain('14:45 UTC, asked, waiting')
    expect(html).toContain('ended by Kim Roe')
  })
  test('shows a day, a week or a month, and only a gate or a person where that is asked for', async () => {
    expect(await read('/timeline')).toContain('Tuesday, 20 October 2026')
    expect(await read('/timeline?view=week')).toContain('Monday, 19 October 2026 to Sunday, 25 October 2026')
    expect(await read('/timeline?view=month')).toContain('5 Oct, 09:00 to 20:00 UTC')
    expect(await read('/timeline?day=2026-10-05')).toContain('5 Oct, 09:00 to 20:00 UTC')
    expect(await read('/timeline?gate=administrators')).not.toContain('Ana Costa')
    expect(await read('/timeline?person=oid-ana')).not.toContain('Sam Okoro')
    expect(await read('/timeline?person=nobody')).toContain('Nobody was in, and nobody asked.')
  })
  test('shows hostile names as text', async () => expect(await read('/timeline')).not.toContain('<script>alert'))
})

describe('the report', () => {
  test('has the totals, the exceptions with their records, and the people', async () => {
    const html = await read('/trail/report')
    expect(html).toContain('Access in 2026-10')
    expect(html).toMatch(/Longer than 8 hours.*<a href="\/trail\/2">/s)
    expect(html).toContain('not-a-member (2 times)')
    expect(html).toContain('5 of 5 were in.')
    expect(html).not.toContain('<script>alert')
  })
  test('is about another period where the address says so', async () => {
    expect(await read('/trail/report?period=2026-Q3')).toContain('Not through PIM')
    expect(await read('/trail/report?period=2026-09')).not.toContain('Ana Costa')
    const long = async (hours: number) =>
      (await read(`/trail/report?hours=${hours}`)).match(new RegExp(`<bdi>Longer than ${hours} hours</bdi>`, 'g'))
        ?.length
    expect([await long(8), await long(12)]).toEqual([2, 1])
    expect(await read('/trail/report?kind=denied')).toContain('by Kim Roe')
  })
  test('says what is wrong with a period, and gives no file of another one', async () => {
    expect(await read('/trail/report?period=%3Cb%3E')).toContain('“&lt;b&gt;” is no period.')
    const { status, headers } = await people.auditor.get('/trail/report?period=now&format=csv')
    expect([status, headers.location]).toEqual([303, '/trail/report'])
  })
  test('is a CSV file that no spreadsheet takes for formulas, and the download is recorded', async () => {
    const csv = await read('/trail/report?period=2026-10&format=csv')
    expect(await newest()).toMatchObject({ event: 'download', what: 'report', filter: { period: '2026-10' } })
    expect(csv.charCodeAt(0)).toBe(0xfeff)
    expect(csv.split('\r\n')).toHaveLength(1 + 8 + 2 + 1)
    expect(csv).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
    expect(csv).toContain(`"'=1+1","'@SUM(A1)"`)
    expect(csv).not.toMatch(/[",](=|@|\+|-)[^"]/)
  })
  test('is JSON, with instants as ISO 8601', async () => {
    const json = JSON.parse(await read('/trail/report?period=2026-10&format=json'))
    expect(json).toMatchObject({
      period: '2026-10',
      from: '2026-10-01T00:00:00.000Z',
      asOf: afternoon,
      longerThanHours: 8,
    })
    expect(json.periods).toHaveLength(8)
    expect(json.periods[1]).toMatchObject({
      person: { called: 'Ana Costa' },
      since: '2026-10-05T09:00:02.000Z',
      wrote: 1,
      records: [2, 3],
    })
    expect(json.requestsWithoutPeriod).toHaveLength(2)
  })
})

const inReal = testIn({
  settings: {
    AUDITOR_GROUP_ID: managedGroups.auditors,
    AUDIT_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  },
})
inReal(
  'the evidence is one file that anybody can verify: the report, its records, and their proofs',
  async ({ house }) => {
    const { ledger } = house.services
    for (const { at: _, ...record } of october) await ledger.append(record)
    house.tenant.assign('oskar', { minutes: 60, reason: 'The yearly audit', group: 'auditors' })
    const auditor = await house.visitor('oskar')
    const size = await ledger.size()
    for (let looks = 0; (await ledger.checkpoint()).size < size && looks < 200; looks++) await ledger.look()
    const period = house.clock.read().toISOString().slice(0, 7)
    const { text = '', status } = await auditor.get(`/trail/report?period=${period}&format=evidence`)
    expect(status).toBe(200)
    const [head, ...lines] = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(head).toMatchObject({ filter: { period }, report: { period } })
    expect(head.howToVerify).toContain('audit:verify')
    expect(lines.length).toBeGreaterThanOrEqual(october.length)
    const [last] = await ledger.read({}, { newestFirst: true, count: 1 })
    expect(last?.record).toMatchObject({ event: 'download', what: 'evidence' })

    const folder = await mkdtemp(join(tmpdir(), 'evidence-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [file, key] = [join(folder, 'evidence.jsonl'), ledger.vkeys()[0] as string]
    await writeFile(file, text)
    expect((await runVerify([file, '--key', key])).out[0]).toMatch(/^unchanged: yes/)
    await writeFile(file, text.replace('INC-20931', 'INC-20932'))
    expect((await runVerify([file, '--key', key])).out[0]).toMatch(/^unchanged: yes/) // The report is not signed: the records are.
    await writeFile(
      file,
      `${text.slice(0, text.lastIndexOf('INC-20931'))}INC-20932${text.slice(text.lastIndexOf('INC-20931') + 9)}`,
    )
    expect((await runVerify([file, '--key', key])).out[0]).toMatch(/^unchanged: no/)
  },
)
