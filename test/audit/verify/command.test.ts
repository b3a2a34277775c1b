import { spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { linesOf } from '../../../infra/audit/lines.ts'
import { runVerify } from '../../../infra/audit/verify-command.ts'
import { vkeyOf } from '../../../src/audit/notes/note-key.ts'
import { noteKeyOfSigner } from '../../../src/audit/notes/signed-note.ts'
import { eventsOf, madeLog, newSigner, signer, vkey } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-verify-'))
afterAll(() => rmSync(folder, { recursive: true }))
const written = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

// The last record holds a character that some readers take for the end of a line.
const log = madeLog([...eventsOf(12), { event: 'wrote', personal: { reason: 'one\u2028two\u0085three' } }])
const lines = await log.lines()
const file = written('trail.jsonl', `${lines.join('\n')}\n`)
const changed = written('changed.jsonl', `${lines.join('\n').replace('activationCompleted', 'activationFailed')}\n`)
const note = written('note', log.noteAt(13))
const key = written('key', `${vkey}\n`)
const pem = written('key.pem', createPublicKey(signer.privateKey).export({ format: 'pem', type: 'spki' }).toString())
const text = written('text', 'text\n')

describe('the command', () => {
  test.each([
    ['a key as its line', vkey],
    ['a file with that line', key],
    ['a file with the key as PEM', pem],
  ])('verifies a file with %s', async (_what, given) => {
    expect(await runVerify([file, '--key', given, '--checkpoint', note])).toEqual({
      out: [
        'unchanged: yes: 13 records as the signed checkpoint covers them',
        'complete: yes: 13 records without a gap, as your note says',
        'closed: yes: each of 4 requests has an outcome',
      ],
      error: [],
      code: 0,
    })
  })
  test('ends with 1 where a verdict is no, and names the record', async () => {
    const { out, code } = await runVerify([changed, '--key', key, '--checkpoint', note])
    expect(out[0]).toMatch(/^unchanged: no, seq 1: /)
    expect(code).toBe(1)
  })
  test('goes without a note, and then cannot tell one thing', async () => {
    const { out, code } = await runVerify([file, '--key', key])
    expect([out[1], code]).toEqual([
      'complete: cannot tell: you gave no checkpoint of your own to hold against the file',
      0,
    ])
  })
  test('takes a note that was copied with other line ends, and an empty line more', async () => {
    const copied = written('copied', `${log.noteAt(13).replaceAll('\n', '\r\n')}\r\n`)
    const { out } = await runVerify([file, '--key', key, '--checkpoint', copied])
    expect(out[1]).toMatch(/^complete: yes/)
  })
  test('takes several keys', async () => {
    expect((await runVerify([file, '--key', pem, '--key', vkey])).code).toBe(0)
  })

  const bad: [what: string, args: string[], code: number, why: string][] = [
    ['no file', ['--key', key], 64, 'Name one file to verify.'],
    ['two files', [file, file, '--key', key], 64, 'Name one file to verify.'],
    ['no key', [file], 64, 'Give the public key of the log with --key. The key in the file proves nothing.'],
    ['an option that does not exist', [file, '--keys', key], 64, "Unknown option '--keys'"],
    ['a key that was copied badly', [file, '--key', `${vkey.slice(0, -1)}`], 64, 'a character is missing or changed'],
    ['a file without a key', [file, '--key', text], 64, `${text} holds no public key`],
    ['a file without a note', [file, '--key', key, '--checkpoint', text], 64, `${text} holds no checkpoint`],
    ['a key that does not exist', [file, '--key', `${key}.old`], 66, `${key}.old cannot be read: it does not exist.`],
    [
      'a note that does not exist',
      [file, '--key', key, '--checkpoint', 'no-note'],
      66,
      'no-note cannot be read: it does not exist.',
    ],
    ['a file that does not exist', ['no-file', '--key', key], 66, 'no-file cannot be read: it does not exist.'],
    ['a folder for a file', [folder, '--key', key], 66, `${folder} cannot be read: it is a folder.`],
  ]
  test.each(bad)('says with %s what is wrong', async (_what, args, code, why) => {
    const result = await runVerify(args)
    expect([result.out, result.code, result.error.length]).toEqual([[], code, code === 64 ? 3 : 1])
    expect(result.error[0]).toContain(why)
  })

  test('prints its verdicts, and ends with its code', () => {
    const run = (path: string) =>
      spawnSync(process.execPath, ['infra/audit/verify.ts', path, '--key', key, '--checkpoint', note], {
        encoding: 'utf8',
      })
    const { stdout, status } = run(changed)
    expect([stdout.split('\n').map(line => line.split(/[,:]/)[0]), status]).toEqual([
      ['unchanged', 'complete', 'closed', ''],
      1,
    ])
    expect(run('no-file')).toMatchObject({
      stdout: '',
      stderr: 'no-file cannot be read: it does not exist.\n',
      status: 66,
    })
  })
})

describe('the check that needs nothing of Gatehouse', () => {
  const check = (path: string, key = vkey) => {
    const { stdout, status } = spawnSync('python3', ['infra/audit/check.py', path, key], { encoding: 'utf8' })
    return [stdout, status]
  }

  test('takes the key from a file, too', () => {
    expect(check(file, written('public.txt', `${vkey}\n`))[1]).toBe(0)
  })
  test('says what a key looks like where it is given something else', () => {
    const { stderr } = spawnSync('python3', ['infra/audit/check.py', file, 'no-key'], { encoding: 'utf8' })
    expect(stderr).toBe('the key is a line NAME+HASH+KEY, or a file that holds it\n')
  })
  test('agrees about a file that nobody touched', () => {
    const root = log.tree.root(13).toString('base64')
    expect(check(file)).toEqual([`unchanged: yes: 13 records\ncheckpoint: 13 records, root ${root}\n`, 0])
  })
  test('agrees about a record that was edited', () => {
    expect(check(changed)).toEqual(['unchanged: no: the record in line 3 is not as it was written\n', 1])
  })
  test('agrees about a personal part that was changed', () => {
    const path = written('personal.jsonl', lines.join('\n').replace('Refund 8003', 'Refund 8004'))
    expect(check(path)).toEqual(['unchanged: no: the record in line 5 is not as it was written\n', 1])
  })
  test('agrees about a key that did not sign', () => {
    const other = vkeyOf(noteKeyOfSigner(newSigner()))
    expect(check(file, other)).toEqual(['unchanged: no: the checkpoint in the file is not signed with this key\n', 1])
  })
})

describe('lines', () => {
  async function* pieces(...texts: string[]) {
    yield* texts
  }
  async function linesIn(...texts: string[]) {
    const lines = []
    for await (const line of linesOf(pieces(...texts))) lines.push(line)
    return lines
  }
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [
      ['a', 'b\nc', '\n', 'd'],
      ['ab', 'c', 'd'],
    ],
    [['\n\na'], ['', '', 'a']],
    [['a\u2028b\r\n'], ['a\u2028b\r']],
    [[], []],
  ])('of %j end with a newline only', async (texts, expected) => {
    expect(await linesIn(...texts)).toEqual(expected)
  })
  test('that never end do not fill the memory', async () => {
    const long = Array.from({ length: 20 }, () => 'x'.repeat(1024 * 1024))
    const [line = ''] = await linesIn(...long)
    expect(line.length).toBe(4 * 1024 * 1024)
  })
})
