import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished } from 'vitest'
import { runVerify } from '../../../infra/audit/verify-command.ts'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import type { AuditRecord } from '../../../src/audit/trail.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const test = testIn({
  settings: {
    ADMIN_GROUP_ID: managedGroups.administrators,
    AUDITOR_GROUP_ID: managedGroups.auditors,
    AUDIT_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  },
})

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`
const ana = { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example' }
const eve = { objectId: 'oid-eve', name: hostile, username: '=HYPERLINK("http://evil.example")' }
const records: AuditRecord[] = [
  {
    event: 'activationRequested',
    act: 'act-1',
    gate: 'members',
    actor: ana,
    reason: 'Refund 8841',
    ticket: 'INC-20931',
  },
  {
    event: 'activationCompleted',
    act: 'act-1',
    gate: 'members',
    actor: ana,
    reason: 'Refund 8841',
    ticket: 'INC-20931',
  },
  { event: 'signedIn', actor: eve, reason: hostile, [hostile]: hostile, ticket: hostile },
  { event: 'wrote', gate: 'members', actor: ana, page: '/refunds/:id', method: 'POST', status: 303 },
  { event: 'signedIn', actor: { objectId: 'oid-gone', name: 'Gone Person' } },
]
const paths = ['/trail', '/trail/0', '/trail.csv', '/trail.jsonl'] as const

const people = {} as Record<'auditor' | 'administrator' | 'member' | 'outsider', Visitor>
test.beforeAll(async ({ house }) => {
  for (const record of records) await house.services.ledger.append(record)
  house.tenant.assign('oskar', { minutes: 60, reason: 'The yearly audit', group: 'auditors' })
  house.tenant.assign('ada', { minutes: 60, reason: 'A rota change', group: 'administrators' })
  people.auditor = await house.visitor('oskar')
  people.administrator = await house.visitor('ada')
  people.member = await house.visitor('alice')
  people.outsider = await house.visitor('ben')
})

/** What the trail says of those who read it, the newest first. Other records come by themselves: of who was refused, and so on. */
async function readings({ services: { ledger } }: House) {
  const kept = await ledger.read({}, { newestFirst: true, count: 500 })
  return kept.map(({ record }) => record).filter(({ event }) => event === 'read' || event === 'download')
}
const newest = async (house: House) => (await readings(house))[0]
const readingsIn = async (house: House) => (await readings(house)).length
/** Until a checkpoint covers every record. */
async function covered({ services: { ledger } }: House): Promise<void> {
  const size = await ledger.size()
  for (let looks = 0; (await ledger.checkpoint()).size < size; looks++) {
    if (looks > 200) throw new Error('no checkpoint covers the trail')
    await ledger.look()
  }
}

describe.each(paths)('%s', path => {
  test.for(['auditor', 'administrator'] as const)(
    'is there for an %s, and that is recorded',
    async (who, { house }) => {
      const { status } = await people[who].get(path)
      expect(status).toBe(200)
      const name = who === 'auditor' ? 'oskar@contoso.example' : 'ada@contoso.example'
      const how = path.includes('.') ? { event: 'download', what: path.split('.')[1] } : { event: 'read', page: path }
      expect(await newest(house)).toMatchObject({ ...how, actor: { username: name } })
    },
  )
  test.for(['member', 'outsider'] as const)('is not there for a %s', async (who, { house }) => {
    const before = await readingsIn(house)
    const { status, text } = await people[who].get(path)
    expect([status, text?.includes('Ana Costa') ?? false]).toEqual([403, false])
    expect(await readingsIn(house)).toBe(before)
  })
  test.for([
    ['head', {}],
    ['get', { 'Sec-Purpose': 'prefetch' }],
    ['get', { 'Sec-Purpose': 'prefetch;prerender' }],
  ] as const)(
    'gives nothing to a visit that is ahead, and records nothing: %s %j',
    async ([verb, headers], { house }) => {
      const before = await readingsIn(house)
      const navigate = { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' }
      const { status, text } = await people.auditor.send(verb, path, { headers: { ...navigate, ...headers } })
      expect([status, text ?? '']).toEqual([204, ''])
      expect(await readingsIn(house)).toBe(before)
    },
  )
})

describe.each(['/people', '/sessions/everyone'])('%s', path => {
  test('is recorded when an auditor opens it, with what they look for', async ({ house }) => {
    expect((await people.auditor.get(`${path}?find=Ana`)).status).toBe(200)
    expect(await newest(house)).toMatchObject({ event: 'read', page: path, filter: { find: 'Ana' } })
  })
  test('gives nothing to a visit that is ahead, and records nothing', async ({ house }) => {
    const before = await readingsIn(house)
    expect((await people.auditor.get(path, { headers: { 'Sec-Purpose': 'prefetch' } })).status).toBe(204)
    expect(await readingsIn(house)).toBe(before)
  })
})

describe('the list', () => {
  test('has a sentence for each record, the newest first, and leads to it', async () => {
    const { text } = await people.auditor.get('/trail')
    expect(text).toMatch(/Ana Costa turned on access to Payments administrators\..*Ana Costa asked to turn on/s)
    expect(text).toContain('<a href="/trail/1"><bdi>1</bdi></a>')
    expect(text).toContain('Refund 8841')
    expect(text).toContain('INC-20931')
  })
  test('is filtered by its address', async () => {
    const { text } = await people.auditor.get('/trail?person=ana&act=work')
    expect(text).toContain('Ana Costa sent a form on the page /refunds/:id (POST, 303).')
    expect(text).not.toContain('turned on access')
    expect(text).toContain('href="/trail.csv?person=ana&amp;act=work"')
  })
  test('says that nothing is like the filter', async () => {
    expect((await people.auditor.get('/trail?ticket=nowhere')).text).toContain('No record is like that.')
  })
  test('shows who has read it only when that is asked for', async () => {
    expect((await people.auditor.get('/trail')).text).not.toContain('read the page /trail')
    expect((await people.auditor.get('/trail?reading=yes')).text).toContain('read the page /trail')
  })
  test('keeps what was looked for out of the bytes that are hashed', async ({ house }) => {
    await people.auditor.get('/trail?person=Ana+Costa')
    const found = await newest(house)
    expect(found?.filter).toEqual({ person: 'Ana Costa' })
    const [kept] = await house.services.ledger.read({ from: found?.seq ?? 0 }, { count: 1 })
    expect(kept?.bytes).not.toContain('Ana')
  })
  test('is in the navigation of those who may read it', async () => {
    expect((await people.auditor.get('/trail')).text).toMatch(/<a href="\/trail" aria-current="page"[^>]*>Trail</)
    expect((await people.member.get('/')).text).not.toContain('href="/trail"')
  })
})

describe('a record', () => {
  test('has everything that was recorded, what belongs to the same act, and its proof', async ({ house }) => {
    await covered(house)
    const { text } = await people.auditor.get('/trail/1')
    for (const part of ['activationCompleted', 'ana@contoso.example', 'oid-ana', 'Refund 8841', 'INC-20931', 'act-1'])
      expect(text).toContain(part)
    expect(text).toContain('Ana Costa asked to turn on access to Payments administrators.')
    const [kept] = await house.services.ledger.read({ from: 1, to: 2 }, { count: 1 })
    expect(text).toContain(kept?.bytes.replaceAll('"', '&#34;'))
    expect(text).toContain('audit:verify')
    expect(text).toContain('Record 1 of the first')
  })
  test('of somebody whose data were erased says when', async ({ house }) => {
    await house.services.ledger.erase('oid-gone')
    const { text } = await people.auditor.get('/trail/4')
    expect(text).not.toContain('Gone Person')
    expect(text).toContain('Erased on:')
    expect((await people.auditor.get('/trail')).text).toContain('A person whose name was erased signed in.')
  })
  test.for(['/trail/999999', '/trail/x', '/trail/-1', '/trail/01'])(
    'that there is none of is not found, and not recorded: %s',
    async (path, { house }) => {
      const before = await readingsIn(house)
      expect((await people.auditor.get(path)).status).toBe(404)
      expect(await readingsIn(house)).toBe(before)
    },
  )
})

test('whatever a record holds is text on each page', async () => {
  for (const path of ['/trail', '/trail/2', '/trail?text=alert', `/trail?text=${encodeURIComponent(hostile)}`]) {
    const { status, text } = await people.auditor.get(path)
    expect(status).toBe(200)
    expect(text).not.toMatch(/<script>alert|<img src=x/)
    expect(text).toContain('&lt;script&gt;alert(1)')
  }
})

describe('a download', () => {
  test('as CSV is a file in which no name is a formula', async () => {
    const { headers, text } = await people.auditor.get('/trail.csv?person=oid-eve')
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename=trail.csv',
      'cache-control': 'no-store',
    })
    expect(text.split('\r\n')).toHaveLength(3)
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
  })
  test.for(['/trail.csv', '/trail.jsonl'])(
    'with a filter that cannot be right goes to the page: %s',
    async (path, { house }) => {
      const before = await readingsIn(house)
      const { headers } = await people.auditor.get(`${path}?act=nothing`)
      expect(headers.location).toBe('/trail?act=nothing')
      expect(await readingsIn(house)).toBe(before)
    },
  )
  test('records what it is filtered by', async ({ house }) => {
    await people.auditor.get('/trail.csv?gate=members&from=2020-01-01')
    expect(await newest(house)).toMatchObject({ what: 'csv', filter: { gate: 'members', from: '2020-01-01' } })
  })
})

describe('a download as JSON lines', () => {
  /** What `audit:verify` says of it. */
  async function verdicts(house: House, query = '') {
    await covered(house)
    const { text } = await people.auditor.get(`/trail.jsonl${query}`)
    await covered(house)
    const folder = await mkdtemp(join(tmpdir(), 'trail-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const { note = '', vkeys } = await house.services.ledger.checkpoint()
    const [file, held] = [join(folder, 'trail.jsonl'), join(folder, 'note')]
    await writeFile(file, text)
    // The head of the file has the checkpoint before the download.
    await writeFile(held, JSON.parse(text.split('\n')[0] ?? '').checkpoint)
    expect(note).not.toBe('')
    const { out, code } = await runVerify([file, '--key', vkeys[0] ?? '', '--checkpoint', held])
    return { answers: out.map(line => line.split(':').slice(0, 2).join(':')), code, text }
  }

  test('of the whole trail is unchanged, complete and closed', async ({ house }) => {
    const { answers, code } = await verdicts(house)
    expect([answers, code]).toEqual([['unchanged: yes', 'complete: yes', 'closed: yes'], 0])
  })
  test('of a filter is unchanged, and says by what it is filtered', async ({ house }) => {
    const { answers, code, text } = await verdicts(house, '?person=ana&from=2020-01-01')
    expect([answers, code]).toEqual([['unchanged: yes', 'complete: cannot tell', 'closed: yes'], 0])
    const [head, ...lines] = text.trimEnd().split('\n')
    expect(JSON.parse(head ?? '').filter).toEqual({ person: 'ana', from: '2020-01-01' })
    expect(lines.map(line => JSON.parse(JSON.parse(line).record).event)).toEqual([
      'activationRequested',
      'activationCompleted',
      'wrote',
    ])
  })
  test('of one record proves it', async ({ house }) => {
    const { answers, text } = await verdicts(house, '?record=3')
    expect([answers[0], text.trimEnd().split('\n').length]).toEqual(['unchanged: yes', 2])
  })
  test('leaves out what its checkpoint does not cover', async ({ house }) => {
    const { text } = await verdicts(house)
    const [head, ...lines] = text.trimEnd().split('\n')
    expect(lines).toHaveLength(Number(JSON.parse(head ?? '').checkpoint.split('\n')[1]))
  })
})
