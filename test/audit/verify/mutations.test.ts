import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { vkeyOf } from '../../../src/audit/notes/note-key.ts'
import { noteKeyOfSigner, signNote } from '../../../src/audit/notes/signed-note.ts'
import { exportedHead } from '../../../src/audit/verify/exported.ts'
import type { Finding } from '../../../src/audit/verify/findings.ts'
import { type Event, eventsOf, keptOf, logOf, newSigner, signer, verified, vkey } from './log.ts'

/** Five logs, each as it was when it had 1 to 20 records: 1,050 records, and each change is made to each of them. */
const most = 20
const logs = await Promise.all(
  Array.from({ length: 5 }, async (_, version) => {
    const events = eventsOf(most).map(event => ({ ...event, gate: `gate${version}` }))
    const log = logOf(events.map(keptOf))
    const sizes = Array.from({ length: most + 1 }, (_, size) => size)
    const files = await Promise.all(sizes.map(size => log.lines({}, { size })))
    return { version, events, files, notes: sizes.map(size => log.noteAt(size)) }
  }),
)
/** Each record of each log: its number, the file of the log, and the line of the record. */
const places = logs.flatMap(log =>
  log.files.flatMap((lines, size) =>
    Array.from({ length: size }, (_, seq) => {
      return { ...log, size, seq, lines, line: lines[seq + 1] as string, note: log.notes[size] as string }
    }),
  ),
)
type Place = (typeof places)[number]

/** The same number for the same words: a run is like the one before. */
const chance = (most: number, ...words: unknown[]) => hash('sha256', words.join(' '), 'buffer').readUInt32BE() % most
const withLine = ({ lines, seq }: Place, ...instead: string[]) => lines.toSpliced(seq + 1, 1, ...instead)
type LineFields = { record: string; personal: string; salt: string; proof: string[] }
/** The line with some of its fields changed. */
const lineWith = (line: string, change: (fields: LineFields) => object) => {
  const fields = JSON.parse(line) as LineFields
  return JSON.stringify({ ...fields, ...change(fields) })
}

type Case = { lines: string[]; note?: string | undefined; expected: Expected }
/** An answer, and the number of the record at fault where it has to be named. */
type Expected = { unchanged: string; complete: string }
const told = ({ answer, seq }: Finding) => (seq === undefined ? answer : `${answer} ${seq}`)
/** "no 12", "no" without a number, or "no …" with whatever number there is. */
const isTold = (finding: Finding, expected: string) => [told(finding), `${finding.answer} …`].includes(expected)

/** Makes one case of each place. Returns how many there were, and those in which a verdict was not the one expected. */
function judged(make: (place: Place) => Case | undefined): { cases: number; wrong: unknown[] } {
  let cases = 0
  const wrong: unknown[] = []
  for (const place of places) {
    const made = make(place)
    if (!made) continue
    cases += 1
    const findings = verified(made.lines, made.note ?? place.note)
    const { unchanged, complete, closed } = findings
    const isAsExpected =
      isTold(unchanged, made.expected.unchanged) && isTold(complete, made.expected.complete) && closed.answer !== 'no'
    if (!isAsExpected) wrong.push([place.size, place.seq, made.expected, findings])
  }
  return { cases, wrong }
}
function expectAllNamed(make: Parameters<typeof judged>[0], atLeast = 1_000): void {
  const { cases, wrong } = judged(make)
  expect(wrong.slice(0, 3)).toEqual([])
  expect(cases).toBeGreaterThanOrEqual(atLeast)
}

const untouched = { unchanged: 'yes', complete: 'yes' }
/** A record is not what it was. Whether it is missing, or is this one, cannot be told. */
const changedAt = (seq: number) => ({ unchanged: `no ${seq}`, complete: `cannot tell ${seq}` })

test('a log that nobody touched is named by no verdict', () => {
  expectAllNamed(({ lines }) => ({ lines, expected: untouched }))
})

describe('a record', () => {
  test('that was edited is named', () => {
    expectAllNamed(place => {
      const edited = lineWith(place.line, ({ record }) => ({
        record: record.replace(/"gate":"\w+"/, '"gate":"edited"'),
      }))
      return { lines: withLine(place, edited), expected: changedAt(place.seq) }
    })
  })

  test('of which one character was changed is named', () => {
    expectAllNamed(place => {
      const edited = lineWith(place.line, ({ record }) => {
        const at = chance(record.length, 'character', place.version, place.size, place.seq)
        const code = String.fromCharCode((record.charCodeAt(at) % 90) + 35)
        return { record: record.slice(0, at) + code + record.slice(at + 1) }
      })
      // Where the number itself was hit, or the record cannot be read any more, the number is another one, or none.
      return { lines: withLine(place, edited), expected: { unchanged: 'no …', complete: 'cannot tell …' } }
    })
  })

  test('that was removed is missing', () => {
    expectAllNamed(place => ({
      lines: withLine(place),
      expected: { unchanged: 'yes', complete: `no ${place.seq}` },
    }))
  })

  test('that changed places with the next one is named', () => {
    expectAllNamed(place => {
      const { lines, seq, size, line } = place
      if (seq + 1 >= size) return undefined
      const swapped = lines.toSpliced(seq + 1, 2, lines[seq + 2] as string, line)
      return { lines: swapped, expected: { unchanged: `no ${seq}`, complete: 'cannot tell' } }
    }, 900)
  })

  test('that is there twice is named, and nothing is missing', () => {
    expectAllNamed(place => ({
      lines: withLine(place, place.line, place.line),
      expected: { unchanged: `no ${place.seq}`, complete: 'yes' },
    }))
  })

  test('that got another number is named by that number', () => {
    expectAllNamed(place => {
      const number = place.seq + 1 + chance(most, 'number', place.version, place.size, place.seq)
      const changed = lineWith(place.line, ({ record }) => ({
        record: record.replace(`"seq":${place.seq},`, `"seq":${number},`),
      }))
      return {
        lines: withLine(place, changed),
        expected: { unchanged: `no ${number}`, complete: `cannot tell ${place.seq}` },
      }
    })
  })

  test('that is no record any more is named by its line', () => {
    expectAllNamed(place => {
      const broken = ['{', 'null', '"text"', '{"record":"{}"}', place.line.slice(0, -1)]
      const line = broken[chance(broken.length, 'broken', place.version, place.size, place.seq)] as string
      return {
        lines: withLine(place, line),
        expected: { unchanged: 'no', complete: `cannot tell ${place.seq}` },
      }
    })
  })
})

describe('a proof', () => {
  test('that is of another record is named', () => {
    expectAllNamed(place => {
      const { size, seq, lines } = place
      const other = lines[1 + ((seq + 1) % size)] as string
      if (size === 1) return undefined
      const swapped = lineWith(place.line, () => ({ proof: JSON.parse(other).proof }))
      return { lines: withLine(place, swapped), expected: changedAt(seq) }
    })
  })

  test('of which a bit was changed is named', () => {
    expectAllNamed(place => {
      if (place.size === 1) return undefined
      const changed = lineWith(place.line, ({ proof }) => {
        const step = chance(proof.length, 'step', place.version, place.size, place.seq)
        const bytes = Buffer.from(proof[step] as string, 'base64')
        const at = chance(bytes.length, 'byte', place.version, place.size, place.seq)
        bytes[at] = (bytes[at] as number) ^ 1
        return { proof: proof.toSpliced(step, 1, bytes.toString('base64')) }
      })
      return { lines: withLine(place, changed), expected: changedAt(place.seq) }
    })
  })

  test('that is too short, or too long, is named', () => {
    expectAllNamed(place => {
      const hash = Buffer.alloc(32, 7).toString('base64')
      const longer = lineWith(place.line, ({ proof }) => ({ proof: [...proof, hash] }))
      const shorter = lineWith(place.line, ({ proof }) => ({ proof: proof.slice(1) }))
      const changed = place.size > 1 && place.seq % 2 === 0 ? shorter : longer
      return { lines: withLine(place, changed), expected: changedAt(place.seq) }
    })
  })
})

describe('a personal part', () => {
  /** The bytes of the record are as they were: nothing is missing. */
  const personalAt = (seq: number) => ({ unchanged: `no ${seq}`, complete: 'yes' })
  const changes: [what: string, change: (place: Place, fields: LineFields) => object][] = [
    ['was changed', (_place, { personal }) => ({ personal: personal.replace('Refund', 'refund') })],
    ['has another salt', ({ seq }) => ({ salt: Buffer.alloc(16, seq).toString('base64') })],
    [
      'is that of another record',
      ({ lines, seq }) => {
        const other = lines.find((line, index) => index !== seq + 1 && line.includes('Person')) ?? '{"personal":"{}"}'
        const { personal, salt = Buffer.alloc(16).toString('base64') } = JSON.parse(other)
        return { personal, salt }
      },
    ],
  ]
  test.each(changes)('that %s is named', (_what, change) => {
    expectAllNamed(place => {
      if (!place.line.includes('Person')) return undefined
      const changed = lineWith(place.line, fields => change(place, fields))
      return { lines: withLine(place, changed), expected: personalAt(place.seq) }
    }, 700)
  })

  test('that a record never had is named', () => {
    expectAllNamed(place => {
      if (place.line.includes('Person')) return undefined
      const changed = lineWith(place.line, () => ({ personal: '{"reason":"none"}', salt: 'AAAAAAAAAAAAAAAAAAAAAA==' }))
      return { lines: withLine(place, changed), expected: personalAt(place.seq) }
    }, 300)
  })

  test('that was erased is named by no verdict', () => {
    expectAllNamed(place => ({
      lines: withLine(
        place,
        lineWith(place.line, () => ({ personal: null, salt: null })),
      ),
      expected: untouched,
    }))
  })
})

describe('the tail of the log', () => {
  test('that was cut off is missing', () => {
    expectAllNamed(({ lines, seq }) => ({
      lines: lines.slice(0, seq + 1),
      expected: { unchanged: 'yes', complete: `no ${seq}` },
    }))
  })

  test('that was cut off, with an older checkpoint in its place, is missing by the newer note', () => {
    expectAllNamed(({ files, seq }) => ({
      lines: files[seq] as string[],
      expected: { unchanged: 'yes', complete: `no ${seq}` },
    }))
  })
})

/** Each log, rewritten from each of its records on, with hashes and proofs that fit. Nobody has signed it yet. */
const forgeries = await Promise.all(
  places.map(async place => {
    const other = logOf(
      place.events
        .slice(0, place.size)
        .map((event, seq): Event => (seq < place.seq ? event : { ...event, gate: 'rewritten' }))
        .map(keptOf),
    )
    const text = other.textAt(place.size)
    const [, ...records] = await other.lines({ checkpoint: text })
    return [place, { text, records }] as const
  }),
)
const forgeryAt = new Map(forgeries)
const forger = newSigner()
const forgersVkey = vkeyOf(noteKeyOfSigner(forger))

describe('a log that was rewritten from some record on, with new hashes and proofs,', () => {
  /** The forged file, whose checkpoint somebody makes of its text. */
  const forgedFile = (place: Place, checkpointOf: (text: string) => string, named = vkey) => {
    const { text, records } = forgeryAt.get(place) as (typeof forgeries)[number][1]
    return [exportedHead({ checkpoint: checkpointOf(text), vkey: named, filter: {} }), ...records]
  }

  test('and signed with a key of the forger is named, and is not the log of the note', () => {
    expectAllNamed(place => ({
      lines: forgedFile(place, text => signNote(text, [forger]), forgersVkey),
      expected: { unchanged: 'no', complete: 'no' },
    }))
  })

  test('and under the signature of the true checkpoint is named, and is not the log of the note', () => {
    expectAllNamed(place => ({
      lines: forgedFile(place, text => `${text}${place.note.slice(place.note.indexOf('\n\n') + 1)}`),
      expected: { unchanged: 'no', complete: 'no' },
    }))
  })

  test('and under the true checkpoint is named: its records are not those', () => {
    expectAllNamed(place => ({
      lines: forgedFile(place, () => place.note),
      // Proofs of the records before the first that was rewritten lead to another root as well.
      expected: { unchanged: 'no …', complete: 'cannot tell …' },
    }))
  })

  test('and signed by nobody is not the log of the note', () => {
    expectAllNamed(place => ({
      lines: forgedFile(place, text => text),
      expected: { unchanged: 'cannot tell', complete: 'no' },
    }))
  })

  // Whether somebody stole the key, or a fail-over lost records and their numbers were given again.
  test('and signed with the true key, so that there are two histories, is not the log of the note', () => {
    expectAllNamed(place => {
      const { notes, size, seq, version } = place
      return {
        lines: forgedFile(place, text => signNote(text, [signer])),
        note: notes[seq + 1 + chance(size - seq, 'note', version, size, seq)],
        expected: { unchanged: 'yes', complete: 'no' },
      }
    })
  })
})

test('records that a fail-over lost are missing, and the record in which the log says so is named', async () => {
  const { events } = logs[0] as (typeof logs)[number]
  const gaps = events.flatMap((_, to) => events.slice(0, to).map((_, from) => ({ from, to: to - 1 })))
  expect(gaps).toHaveLength(190)
  for (const { from, to } of gaps) {
    const tells: Event = { event: 'auditShortened', from, to }
    const log = logOf(events.map((event, seq) => keptOf(seq === to + 1 ? tells : event, seq)))
    const lines = await log.lines({}, { take: seq => seq < from || seq > to })
    const { unchanged, complete, closed } = verified(lines, log.noteAt(most))
    expect([told(unchanged), told(complete)]).toEqual(['yes', `no ${from}`])
    expect(complete.why).toContain(`record ${to + 1} says that the log lost them`)
    expect(closed.answer).not.toBe('no')
  }
})
