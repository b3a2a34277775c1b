import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeEvidence } from '../../infra/audit/evidence-folder.ts'
import { runVerify } from '../../infra/audit/verify-command.ts'
import { monthOf } from '../../src/audit/periods/span.ts'
import { covered, newSigningKey, trailsInRedis } from '../session/ledger/open-ledger.ts'
import { october } from '../web/administration/report/october.ts'

const { openTrail } = trailsInRedis()
const ledger = openTrail().replica({ keys: [newSigningKey()] })
const now = new Date()
let place: string
let folder: string
const file = (name: string) => join(folder, name)
const textOf = (name: string) => readFile(file(name), 'utf8')

beforeAll(async () => {
  for (const { at: _, ...record } of october) await ledger.append(record)
  await covered(ledger)
  place = await mkdtemp(join(tmpdir(), 'evidence-'))
  folder = join(place, 'october')
  await writeEvidence(ledger, { span: monthOf(now), hours: 8, gates: [], now: new Date(), folder })
})
afterAll(() => rm(place, { recursive: true }))

describe('the folder of evidence', () => {
  test('has the report, the records, the checkpoint, the key, and how to verify it', async () => {
    expect((await readdir(folder)).toSorted()).toEqual([
      ...['READ-ME.txt', 'check.py', 'checkpoint.txt', 'public-key.txt', 'report.csv', 'report.json', 'trail.jsonl'],
    ])
    expect(JSON.parse(await textOf('report.json'))).toMatchObject({ period: monthOf(now).name, isOlderKept: false })
    expect(await textOf('report.csv')).toContain('Ana Costa')
  })

  test('holds records that are verified by the key and the checkpoint beside them', async () => {
    const verdicts = await runVerify([
      file('trail.jsonl'),
      '--key',
      file('public-key.txt'),
      '--checkpoint',
      file('checkpoint.txt'),
    ])
    expect(verdicts.out[0]).toBe(`unchanged: yes: ${october.length} records as the signed checkpoint covers them`)
    expect(verdicts.code).toBe(0)
  })

  test('is verified without Gatehouse', async () => {
    const key = (await textOf('public-key.txt')).trim()
    const { status, stdout, stderr } = spawnSync('python3', [file('check.py'), file('trail.jsonl'), key], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain(String(october.length))
  })

  test('is written once', async () => {
    const again = writeEvidence(ledger, { span: monthOf(now), hours: 8, gates: [], now, folder })
    await expect(again).rejects.toMatchObject({ code: 'EEXIST' })
  })
})

test.each([
  [[], 'usage'],
  [['--period', 'october'], 'is no period'],
  [['--period', '2026-10', '--hours', 'many'], 'is no number of hours'],
  [['--month', '2026-10'], 'usage'],
])('the command says what is wrong with %j', (args, words) => {
  const { status, stderr } = spawnSync(process.execPath, ['infra/audit/evidence.ts', ...args], { encoding: 'utf8' })
  expect([status, stderr.includes(words)]).toEqual([64, true])
})
