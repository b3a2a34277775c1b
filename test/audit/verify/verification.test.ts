import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { vkeyOf } from '../../../src/audit/notes/note-key.ts'
import { noteKeyOfSigner, signNote } from '../../../src/audit/notes/signed-note.ts'
import { exportedHead } from '../../../src/audit/verify/exported.ts'
import { findingLines, isGood } from '../../../src/audit/verify/findings.ts'
import { judgeCheckpoint, readTrust, type Trust, trustAny } from '../../../src/audit/verify/trust.ts'
import { verifyExport } from '../../../src/audit/verify/verification.ts'
import {
  answers,
  type Event,
  eventsOf,
  keptOf,
  logOf,
  madeLog,
  newSigner,
  origin,
  signer,
  trust,
  verified,
  vkey,
} from './log.ts'

const size = 30
const log = madeLog(eventsOf(size))
const whole = await log.lines()
const note = log.noteAt(size)
const headOf = (fields: object) => exportedHead({ checkpoint: note, vkey, filter: {}, ...fields })
const withHead = (fields: object) => [headOf(fields), ...whole.slice(1)]
/** The verdict on completeness as it is printed: its answer, the number, the reason. */
const completeLine = (...given: Parameters<typeof verified>) => findingLines(verified(...given))[1]
const closedLine = (...given: Parameters<typeof verified>) => findingLines(verified(...given))[2]
const unchangedLine = (...given: Parameters<typeof verified>) => findingLines(verified(...given))[0]
const filter = { person: 'oid-1' }
const part = await log.lines({ filter }, { take: seq => seq % 5 === 0 || seq === 16 })

describe('a whole log', () => {
  test('is unchanged, complete and closed', () => {
    expect(findingLines(verified(whole, note))).toEqual([
      'unchanged: yes: 30 records as the signed checkpoint covers them',
      'complete: yes: 30 records without a gap, as your note says',
      'closed: yes: each of 10 requests has an outcome',
    ])
  })
  test('is complete by a note from before, too', () => {
    expect(completeLine(whole, log.noteAt(12))).toBe(
      'complete: yes: 30 records without a gap, and begins with the 12 of your note',
    )
  })
  test('is complete by the note of a log that was empty', () => {
    expect(verified(whole, log.noteAt(0)).complete.answer).toBe('yes')
  })
  test('that ends before a newer note is not complete', async () => {
    const { complete } = verified(await log.lines({}, { size: 20 }), note)
    expect(complete).toEqual({
      answer: 'no',
      seq: 20,
      why: 'your note covers 30 records, the file ends before this one',
    })
  })
  test('cannot be told to be complete without a note', () => {
    expect(answers(verified(whole))).toBe('yes, cannot tell, yes')
    expect(completeLine(whole)).toBe(
      'complete: cannot tell: you gave no checkpoint of your own to hold against the file',
    )
  })
  test('without a record is unchanged, complete and closed', async () => {
    const empty = madeLog([])
    expect(answers(verified(await empty.lines(), empty.noteAt(0)))).toBe('yes, yes, yes')
  })
  test('tells how many personal parts were erased', () => {
    const erased = whole.map(line => line.replace(/"personal":"\{.*?\}","salt":"[^"]*"/, '"personal":null,"salt":null'))
    expect(verified(erased, note).unchanged.why).toBe(
      '30 records as the signed checkpoint covers them; of 20 records the personal part was erased',
    )
  })
})

describe('the note at hand', () => {
  const complete = (held: string) => completeLine(whole, held)

  test('of another log is not one of this file', () => {
    const name = 'staging.example.com/trail'
    const other = { name, privateKey: signer.privateKey }
    const both = readTrust(`${vkey}\n${vkeyOf(noteKeyOfSigner(other))}`) as Trust
    const held = signNote(madeLog(eventsOf(size), name).textAt(size), [other])
    expect(completeLine(whole, held, both)).toBe(
      'complete: no: the file is of the log admin.example.com/trail, your note of staging.example.com/trail',
    )
  })
  test('that is not what the key signed is refused', () => {
    expect(complete(note.replace(`\n${size}\n`, `\n${size - 1}\n`))).toBe(
      'complete: no: the note that you hold is not what the trusted key signed',
    )
  })
  test('of another key says nothing', () => {
    expect(complete(log.noteAt(size, [newSigner()]))).toBe(
      'complete: cannot tell: no key that you trust signed the note that you hold',
    )
  })
  test('that nobody signed says nothing', () => {
    expect(complete(log.textAt(size))).toBe(
      'complete: cannot tell: no key that you trust signed the note that you hold',
    )
  })
  test('of as many other records shows two histories', () => {
    const other = madeLog([...eventsOf(size - 1), { event: 'wrote' }])
    expect(complete(other.noteAt(size))).toBe(
      'complete: no: your note and the file tell of different records, as many: the log has two histories',
    )
  })
  test('of fewer other records shows two histories', () => {
    const other = madeLog([...eventsOf(11), { event: 'wrote' }])
    expect(complete(other.noteAt(12))).toBe(
      'complete: no: the first 12 records are not those of your note: the log has two histories',
    )
  })
  test('of another history proves nothing where nobody trusted signed it', () => {
    const other = madeLog([...eventsOf(11), { event: 'wrote' }])
    expect(complete(other.noteAt(12, [newSigner()]))).toMatch(/^complete: cannot tell/)
    expect(complete(other.textAt(12))).toMatch(/^complete: cannot tell/)
  })
  test('that nobody trusted signed shows no missing records', () => {
    const longer = madeLog(eventsOf(size + 1))
    expect(complete(longer.textAt(size + 1))).toMatch(/^complete: cannot tell/)
  })
})

describe('the checkpoint in the file', () => {
  test('that nobody signed lets nobody tell anything', () => {
    expect(answers(verified(withHead({ checkpoint: log.textAt(size), vkey: null }), note))).toBe(
      'cannot tell, cannot tell, cannot tell',
    )
    expect(findingLines(verified(withHead({ checkpoint: log.textAt(size) }), note))).toEqual([
      'unchanged: cannot tell: nobody signed the checkpoint in the file; its records fit it',
      'complete: cannot tell: no key that you trust signed the checkpoint in the file',
      'closed: cannot tell: no key that you trust signed the checkpoint in the file',
    ])
  })
  test('that nobody signed shows all the same that a record was changed', () => {
    const changed = withHead({ checkpoint: log.textAt(size) }).map(line => line.replace('/refunds', '/reports'))
    expect(verified(changed, note).unchanged).toMatchObject({ answer: 'no', seq: 2 })
  })
  test('that is not what the key signed is named', () => {
    const forged = withHead({ checkpoint: note.replace(`\n${size}\n`, `\n${size + 1}\n`) })
    expect(unchangedLine(forged, note)).toBe(
      'unchanged: no: the checkpoint in the file is not what the trusted key signed',
    )
  })
  test('of another key is named, whatever key the file names', () => {
    const other = newSigner()
    const head = { checkpoint: log.noteAt(size, [other]), vkey: vkeyOf(noteKeyOfSigner(other)) }
    expect(answers(verified(withHead(head), note))).toBe('no, cannot tell, cannot tell')
    expect(unchangedLine(withHead(head), note)).toBe(
      'unchanged: no: the checkpoint in the file is not signed with the key that you trust',
    )
  })
  test('is not compared with the key that the file names', () => {
    expect(answers(verified(withHead({ vkey: 'anything' }), note))).toBe('yes, yes, yes')
  })
  test('of two keys is good for whoever trusts one of them, or both', () => {
    const next = newSigner()
    const trustNext = readTrust(vkeyOf(noteKeyOfSigner(next))) as Trust
    const both = log.noteAt(size, [signer, next])
    const lines = withHead({ checkpoint: both })
    for (const trusted of [trust, trustNext, trustAny([trust, trustNext])])
      expect(answers(verified(lines, both, trusted))).toBe('yes, yes, yes')
  })
  test('of a new key goes with a note of the old one for whoever trusts both', () => {
    const next = newSigner()
    const trustNext = readTrust(vkeyOf(noteKeyOfSigner(next))) as Trust
    const lines = withHead({ checkpoint: log.noteAt(size, [next]) })
    expect(answers(verified(lines, log.noteAt(12), trustAny([trust, trustNext])))).toBe('yes, yes, yes')
    expect(answers(verified(lines, log.noteAt(12), trustNext))).toBe('yes, cannot tell, yes')
  })
  test('signed under another name than that of its log is named', () => {
    const elsewhere = { name: 'elsewhere', privateKey: signer.privateKey }
    const trusted = readTrust(vkeyOf(noteKeyOfSigner(elsewhere))) as Trust
    expect(verified(withHead({ checkpoint: log.noteAt(size, [elsewhere]) }), note, trusted).unchanged.answer).toBe('no')
  })
})

describe('a part of a log', () => {
  test('is unchanged and closed; whether it is complete cannot be told', () => {
    expect(part).toHaveLength(8)
    expect(answers(verified([part[0] as string, whole[7] as string, whole[8] as string], note))).toBe(
      'yes, cannot tell, yes',
    )
    expect(completeLine(part, note)).toBe('complete: cannot tell: the file is a part of the log, by its filter')
    expect(closedLine([part[0] as string, ...whole.slice(7, 12)], note)).toBe(
      'closed: yes: each of 2 requests in this part has an outcome',
    )
  })
  test('in which an outcome is missing is named by no verdict', () => {
    expect(closedLine(part, note)).toBe(
      'closed: cannot tell, seq 0: 1 request without an outcome in this part of the log',
    )
  })
  test('of a log with two histories is not of the log of the note', () => {
    const other = madeLog([...eventsOf(size - 1), { event: 'wrote' }])
    expect(verified(part, other.noteAt(size)).complete.answer).toBe('no')
  })
  test('without a record is unchanged', () => {
    expect(verified([part[0] as string], note).unchanged.answer).toBe('yes')
  })
  test('in which records changed places is named', () => {
    const [head, first, second] = part as [string, string, string]
    expect(unchangedLine([head, second, first], note)).toBe(
      'unchanged: no, seq 0: this record comes after one that is younger',
    )
    expect(closedLine([head, second, first], note)).toMatch(/^closed: cannot tell/)
  })
  test('in which a record is there twice is named', () => {
    const [head, first] = part as [string, string]
    expect(verified([head, first, first], note).unchanged).toMatchObject({ answer: 'no', seq: 0 })
  })
  test('whose filter was taken away misses records', () => {
    expect(completeLine([headOf({}), ...part.slice(1)], note)).toBe(
      'complete: no, seq 1: missing: 23 records below the size of the checkpoint, the first is this one',
    )
  })
})

describe('a file in which something was changed', () => {
  const changedAt = (seq: number) =>
    whole.with(seq + 1, (whole[seq + 1] as string).replace('"gate', '"gait').replace('gate', 'gait'))

  test('names the record', () => {
    expect(findingLines(verified(changedAt(4), note))).toEqual([
      'unchanged: no, seq 4: this record is not one that the checkpoint of the file covers: its bytes, its number or its proof were changed',
      'complete: cannot tell, seq 4: changed or missing: 1 record below the size of the checkpoint',
      'closed: cannot tell, seq 3: the file holds lines that are not as they were',
    ])
  })
  test('names the first of several records', () => {
    const both = changedAt(4).with(9, changedAt(8)[9] as string)
    expect(verified(both, note).unchanged.seq).toBe(4)
    expect(verified(both, note).complete).toMatchObject({ answer: 'cannot tell', seq: 4 })
  })
  test('misses a record beside the one that was changed', () => {
    expect(verified(changedAt(4).toSpliced(9, 1), note).complete).toMatchObject({ answer: 'no', seq: 4 })
  })
  test('that has a strange line more and misses nothing cannot be told to be complete', () => {
    expect(completeLine([...whole, '{}'], note)).toBe(
      'complete: cannot tell: the file holds lines that are not as they were',
    )
    expect(closedLine([...whole, '{}'], note)).toBe(
      'closed: cannot tell: the file holds lines that are not as they were',
    )
  })
  test('in which records changed places cannot be told to be complete or closed', () => {
    const swapped = whole.with(5, whole[6] as string).with(6, whole[5] as string)
    expect(findingLines(verified(swapped, note))).toEqual([
      'unchanged: no, seq 4: this record comes after one that is younger',
      'complete: cannot tell: the file holds lines that are not as they were',
      'closed: cannot tell: the file holds lines that are not as they were',
    ])
  })
  test('in which a record is there twice is complete and closed', () => {
    expect(findingLines(verified(whole.toSpliced(5, 0, whole[5] as string), note))).toEqual([
      'unchanged: no, seq 4: this record is in the file twice',
      'complete: yes: 30 records without a gap, as your note says',
      'closed: yes: each of 10 requests has an outcome',
    ])
  })
  test('misses the records that were taken out, and cannot be told to be closed', () => {
    expect(findingLines(verified(whole.toSpliced(5, 1), note))).toEqual([
      'unchanged: yes: 29 records as the signed checkpoint covers them',
      'complete: no, seq 4: missing: 1 record below the size of the checkpoint, the first is this one',
      'closed: cannot tell, seq 3: records are missing',
    ])
  })
  test('misses the records that the log says it lost, and names that record', async () => {
    const gap: Event = { event: 'auditShortened', from: 4, to: 6 }
    const events = eventsOf(size)
      .with(7, gap)
      .with(12, { ...gap, to: 3 })
    const lossy = madeLog(events)
    const lines = await lossy.lines({}, { take: seq => seq < 4 || seq > 6 })
    expect(completeLine(lines, lossy.noteAt(size))).toBe(
      'complete: no, seq 4: missing: 3 records below the size of the checkpoint; record 7 says that the log lost them',
    )
    const more = await lossy.lines({}, { take: seq => seq < 3 || seq > 6 })
    expect(completeLine(more, lossy.noteAt(size))).toMatch(
      /^complete: no, seq 3: missing: 4 records .* the first is this one$/,
    )
  })
  test('with a personal part that was changed names the record, and is complete and closed', () => {
    const changed = whole.map(line => line.replace('Refund 8006', 'Refund 8007'))
    expect(unchangedLine(changed, note)).toBe(
      'unchanged: no, seq 6: its personal part is not the one it was written with',
    )
    expect(answers(verified(changed, note))).toBe('no, yes, yes')
  })
})

describe('a log whose older records were dropped for their age', () => {
  const dropped: Event = { event: 'auditDropped', from: 0, to: 11 }
  const events = eventsOf(size).map((event, seq) => (seq === 20 ? dropped : event))
  const cutLog = madeLog(events)
  const cut = cutLog.rangeAt(12)
  const take = (seq: number) => seq >= 12
  const lines = async (given: { cut?: typeof cut } = { cut }) => cutLog.lines(given, { take })
  const held = cutLog.noteAt(size)

  test('is unchanged, complete from there on, and closed', async () => {
    expect(answers(verified(await lines(), held))).toBe('yes, yes, yes')
    expect(completeLine(await lines(), held)).toBe(
      'complete: yes: 18 records without a gap, as your note says; the 12 before were dropped for their age, as the log says',
    )
  })
  test('is complete by a note of when it was longer', async () => {
    expect(verified(await lines(), cutLog.noteAt(15)).complete.answer).toBe('yes')
    expect(verified(await lines(), cutLog.noteAt(12)).complete.answer).toBe('yes')
  })
  test('cannot be told to be complete by a note from before the first record', async () => {
    expect(completeLine(await lines(), cutLog.noteAt(11))).toBe(
      'complete: cannot tell: your note is older than the first record that is still kept',
    )
  })
  test('cannot be told to be complete where no record says so', async () => {
    const silent = await log.lines({ cut: log.rangeAt(12) }, { take })
    expect(completeLine(silent, note)).toBe(
      'complete: cannot tell: no record says that the 12 before the first one were dropped for their age',
    )
  })
  test('cannot be told to be complete where the record says less', async () => {
    const less = await cutLog.lines({ cut: cutLog.rangeAt(13) }, { take: seq => seq >= 13 })
    expect(verified(less, held).complete.answer).toBe('cannot tell')
  })
  test('is complete by the one of several such records that says most', async () => {
    const twice = madeLog(events.with(15, { ...dropped, to: 5 }).with(25, { ...dropped, to: 5 }))
    const cutTwice = await twice.lines({ cut: twice.rangeAt(12) }, { take })
    expect(verified(cutTwice, twice.noteAt(size)).complete.answer).toBe('yes')
  })
  test('is complete where a single one was dropped, and the record says so', async () => {
    const one = madeLog(events.with(20, { ...dropped, to: 0 }))
    const cutOne = await one.lines({ cut: one.rangeAt(1) }, { take: seq => seq >= 1 })
    expect(verified(cutOne, one.noteAt(size)).complete.answer).toBe('yes')
    const silent = await log.lines({ cut: log.rangeAt(1) }, { take: seq => seq >= 1 })
    expect(verified(silent, note).complete.answer).toBe('cannot tell')
  })
  test('cannot be told to be complete because another kind of record has such a number', async () => {
    const other = madeLog(events.with(20, { ...dropped, event: 'wrote' }))
    const cutOther = await other.lines({ cut: other.rangeAt(12) }, { take })
    expect(verified(cutOther, other.noteAt(size)).complete.answer).toBe('cannot tell')
  })
  test('is a part, too, where there is a filter', async () => {
    expect(verified(await cutLog.lines({ cut, filter }, { take }), held).complete.answer).toBe('cannot tell')
  })
  test('misses the first records where the file does not say so', async () => {
    expect(verified(await lines({}), held).complete).toMatchObject({ answer: 'no', seq: 0 })
  })
  test('whose beginning in the file is another one is not complete', async () => {
    const wrong = { ...cut, hashes: cut.hashes.toReversed() }
    for (const size of [8, 15, 30])
      expect(verified(await lines({ cut: wrong }), cutLog.noteAt(size)).complete.answer).toBe('no')
    expect(completeLine(await lines({ cut: wrong }), held)).toBe(
      'complete: no: the first 30 records are not those of your note: the log has two histories',
    )
    expect(completeLine(await lines({ cut: wrong }), cutLog.noteAt(8))).toBe(
      'complete: no: what the file says of the records before its first one is wrong',
    )
  })
  test('is not taken for a larger one whose tree looks the same', () => {
    const four = madeLog(eventsOf(4))
    const empty = exportedHead({
      checkpoint: four.noteAt(4),
      vkey,
      filter: {},
      cut: { size: 8, hashes: [four.tree.root(4)] },
    })
    expect(verified([empty], four.noteAt(4)).complete.answer).toBe('no')
  })
  test('of which the file has a record from before says so', async () => {
    const more = await cutLog.lines({ cut }, { take: seq => seq >= 11 })
    expect(verified(more, held).unchanged).toMatchObject({ answer: 'no', seq: 11 })
  })
})

describe('acts', () => {
  const asked: Event = { event: 'endingRequested', act: 'one' }
  /** A minute lies between two records: after twelve more an act is not going on any more. */
  const quiet = Array.from({ length: 12 }, (): Event => ({ event: 'wrote' }))
  const closedOf = async (...events: Event[]) => {
    const acts = madeLog(events)
    return verified(await acts.lines(), acts.noteAt(events.length)).closed
  }

  test('without an outcome are named by the first request', async () => {
    const later: Event = { event: 'denialRequested', act: 'two' }
    expect(await closedOf({ event: 'wrote' }, asked, later, ...quiet)).toEqual({
      answer: 'no',
      seq: 1,
      why: '2 requests without an outcome, the first is this one',
    })
  })
  test('may be going on at the end of the log', async () => {
    expect(await closedOf(asked, ...quiet.slice(0, 9))).toEqual({
      answer: 'cannot tell',
      seq: 0,
      why: '1 request without an outcome, young enough to be going on still',
    })
    expect(await closedOf(asked, ...quiet.slice(0, 10))).toMatchObject({ answer: 'no', seq: 0 })
  })
  test('that are going on hide none that is overdue', async () => {
    expect(await closedOf(asked, ...quiet, { ...asked, act: 'two' })).toMatchObject({ answer: 'no', seq: 0 })
  })
  test.each(['Completed', 'Failed', 'Waiting', 'Unanswered'])('that are %s have an outcome', async step => {
    expect((await closedOf(asked, { event: `ending${step}`, act: 'one' }, ...quiet)).answer).toBe('yes')
  })
  test('of another id, or of another kind, are other acts', async () => {
    for (const other of [
      { event: 'endingCompleted', act: 'two' },
      { event: 'denialCompleted', act: 'one' },
      { event: 'endingCompleted' },
    ])
      expect((await closedOf(asked, other, ...quiet)).answer).toBe('no')
  })
  test('that wait or were not answered are counted, until they come to something', async () => {
    const steps = [
      'one Waiting',
      'two Unanswered',
      'three Waiting',
      'three Completed',
      'four Unanswered',
      'four Failed',
    ]
    const events = steps.map((text): Event => {
      const [act = '', step] = text.split(' ')
      return { event: `ending${step}`, act }
    })
    expect((await closedOf(asked, ...events, ...quiet)).why).toBe(
      'each of 1 request has an outcome; 1 still waits; of 1 it is not known whether it happened',
    )
    const more = [
      { event: 'endingWaiting', act: 'five' },
      { event: 'endingUnanswered', act: 'six' },
    ]
    expect((await closedOf(asked, ...events, ...more)).why).toBe(
      'each of 1 request has an outcome; 2 still wait; of 2 it is not known whether they happened',
    )
  })
  test('asked for twice are one act', async () => {
    expect((await closedOf(asked, asked, { event: 'endingCompleted', act: 'one' }, ...quiet)).answer).toBe('yes')
  })
  test('whose outcome may be among records that the file has not are named by no verdict', async () => {
    const acts = madeLog([asked, ...quiet, { event: 'endingCompleted', act: 'one' }, { event: 'wrote' }])
    const lines = await acts.lines({}, { size: 13 })
    expect(closedLine(lines, acts.noteAt(15))).toBe(
      'closed: cannot tell, seq 0: 1 request without an outcome, and your note covers more records than the file has',
    )
    expect(verified(lines, acts.noteAt(13)).closed).toMatchObject({ answer: 'no', seq: 0 })
    expect(verified(lines, acts.textAt(15)).closed).toMatchObject({ answer: 'no', seq: 0 })
    expect(verified(lines).closed).toMatchObject({ answer: 'no', seq: 0 })
    expect(verified(await acts.lines({}, { take: seq => seq !== 13 }), acts.noteAt(15)).closed.answer).toBe(
      'cannot tell',
    )
  })
  test('whose outcome was dropped for its age had no request in the file', async () => {
    const acts = madeLog([asked, { event: 'endingCompleted', act: 'one' }, ...quiet])
    const lines = await acts.lines({ cut: acts.rangeAt(1) }, { take: seq => seq >= 1 })
    expect(verified(lines, acts.noteAt(14)).closed.answer).toBe('yes')
  })
  test('of a record without an instant are overdue', async () => {
    expect((await closedOf({ ...asked, at: 'never' })).answer).toBe('no')
  })
})

describe('a personal part', () => {
  const record = keptOf({ event: 'wrote', personal: { reason: 'Refund' } }, 0)
  const fields = { personal: record.personal as string, salt: record.salt as string }
  const unchangedWith = async (changed: object) =>
    verified(await logOf([{ ...record, ...changed }]).lines(), logOf([record]).noteAt(1)).unchanged.answer

  test('is as it was hashed', async () => {
    expect(await unchangedWith({})).toBe('yes')
  })
  test.each([
    ['without its salt', { salt: null }],
    ['as a salt alone', { personal: null }],
    [
      'with a salt that took a byte of it',
      {
        personal: fields.personal.slice(1),
        salt: `${fields.salt.slice(0, -2)}${Buffer.from('{').toString('base64').slice(0, 2)}`,
      },
    ],
    ['with a salt that is no base64', { salt: fields.salt.replace('==', '') }],
  ])('is not what it was %s', async (_what, changed) => {
    expect(await unchangedWith(changed)).toBe('no')
  })
  test('is not what it was where its salt has another length, even if the bytes are the same', async () => {
    const bytes = Buffer.concat([Buffer.from(fields.salt, 'base64'), Buffer.from(fields.personal)])
    expect(
      await unchangedWith({ salt: bytes.subarray(0, 17).toString('base64'), personal: bytes.subarray(17).toString() }),
    ).toBe('no')
  })
})

describe('a file', () => {
  const findingsOf = (lines: string[]) => verifyExport({ lines, trust, held: judgeCheckpoint(note, trust) })

  test('is verified line by line', async () => {
    expect(answers(await findingsOf(whole))).toBe('yes, yes, yes')
  })
  test('may have empty lines, and lines that end as in Windows', async () => {
    expect(answers(await findingsOf([...whole.map(line => `${line}\r`), '', '\r']))).toBe('yes, yes, yes')
  })
  test.each([
    ['nothing', [], 'the file is empty'],
    ['no first line of an export', whole.slice(1), 'the first line of the file is not that of an exported trail'],
    ['text', ['text'], 'the first line of the file is not that of an exported trail'],
    [
      'no checkpoint',
      withHead({ checkpoint: 'none' }),
      'the first line of the file holds no checkpoint that can be read',
    ],
    [
      'a signed note that is no checkpoint',
      withHead({ checkpoint: signNote('Hello\n', [signer]) }),
      'the first line of the file holds no checkpoint that can be read',
    ],
    [
      'a cut that is none',
      withHead({ cut: { size: 2, hashes: [] } }),
      'the first line of the file is not that of an exported trail',
    ],
  ])('with %s is not unchanged, and nothing else can be told', async (_what, lines, why) => {
    const findings = await findingsOf(lines as string[])
    expect(findings).toEqual({
      unchanged: { answer: 'no', why, seq: undefined },
      complete: { answer: 'cannot tell', why, seq: undefined },
      closed: { answer: 'cannot tell', why, seq: undefined },
    })
    expect(isGood(findings)).toBe(false)
  })
  test('names the line that is no record', () => {
    expect(verified([...whole.slice(0, 3), '{}', ...whole.slice(4)], note).unchanged.why).toBe(
      'line 4 of the file is no record that can be read',
    )
  })
  test('with a record of an unknown version says so', async () => {
    const record = {
      bytes: '{"v":2,"seq":0,"at":"2026-03-02T12:00:00.000Z","event":"wrote"}',
      personal: null,
      salt: null,
    }
    expect(verified(await logOf([record]).lines(), logOf([record]).noteAt(1)).unchanged.answer).toBe('no')
  })
  test('is good where no verdict is no', () => {
    expect(isGood(verified(part))).toBe(true)
  })
})

test.each([
  ['signed', note],
  ['unsigned', log.textAt(size)],
  ['foreign', log.noteAt(size, [newSigner()])],
  ['forged', note.replace(`\n${size}\n`, '\n29\n')],
])('a checkpoint that is %s says so, and what it says', (standing, given) => {
  expect(judgeCheckpoint(given, trust)).toEqual({
    origin,
    size: standing === 'forged' ? 29 : size,
    root: log.tree.root(size),
    standing,
  })
})

describe('a key', () => {
  const pem = createPublicKey(signer.privateKey).export({ format: 'pem', type: 'spki' }).toString()

  test('as PEM may sign for any log', () => {
    const trusted = readTrust(`\n${pem}`) as Trust
    expect(trusted(origin).map(vkeyOf)).toEqual([vkey])
    expect(trusted('other.example/trail')).toHaveLength(1)
    expect(trusted('no name')).toEqual([])
  })
  test('with a name signs for the log of that name', () => {
    expect(trust(origin)).toHaveLength(1)
    expect(trust('other.example/trail')).toEqual([])
  })
  test('may have others beside it, a line each', () => {
    const next = vkeyOf(noteKeyOfSigner(newSigner()))
    expect((readTrust(`${vkey}\r\n \n ${next}\n`) as Trust)(origin)).toHaveLength(2)
  })
  test.each([
    ['nothing', ''],
    ['text', 'text'],
    ['a line that is none', `${vkey}\ntext`],
    ['a private key', signer.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
    ['a broken PEM', pem.replace('M', '*')],
    ['a PEM of another kind', '-----BEGIN PUBLIC KEY-----\nMEMwBQYDK2VxAzoA\n-----END PUBLIC KEY-----\n'],
  ])('is not read from %s', (_what, text) => {
    expect(readTrust(text)).toBeUndefined()
  })
})
