import { leafHash } from '../../../audit/tree/hashes.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { factOf, isErased, type NamedPerson, personIn } from './facts-of-record.ts'
import { sentenceOf, type TitleOf } from './sentence.ts'

/**
 * Begins the file. Excel takes a file without it for one in the code page of its machine, and spoils every name that is not
 * plain ASCII; those who read CSV as UTF-8 skip it or are told to (`utf-8-sig`).
 */
const byteOrderMark = '\uFEFF'

type Column = { name: string; of: (kept: KeptRecord, titleOf: TitleOf) => string }
const fact = (name: string, field = name): Column => ({ name, of: ({ record }) => factOf(record, field) })
const person = (name: string, field: 'actor' | 'subject' | 'by'): Column[] =>
  [
    ['', 'name'],
    [' user name', 'username'],
    [' id', 'objectId'],
  ].map(([ending, part]) => ({
    name: `${name}${ending}`,
    of: ({ record }) => personIn(record, field)?.[part as keyof NamedPerson] ?? '',
  }))

const columns: readonly Column[] = [
  { name: 'record', of: ({ seq }) => String(seq) },
  fact('time', 'at'),
  { name: 'what happened', of: (kept, titleOf) => sentenceOf(kept, titleOf) },
  fact('event'),
  fact('gate'),
  ...person('person', 'actor'),
  ...person('about', 'subject'),
  ...person('decided by', 'by'),
  ...['reason', 'comment', 'ticket', 'minutes', 'since', 'until', 'request', 'status', 'code', 'page', 'method'].map(
    name => fact(name),
  ),
  ...['address', 'act'].map(name => fact(name)),
  { name: 'names erased', of: kept => (isErased(kept) ? 'yes' : '') },
  // Base64 may begin with a plus.
  { name: 'leaf hash', of: ({ bytes }) => leafHash(bytes).toString('hex') },
]

/** The first line of the file, with what stands before it. */
export const csvHead = (): string => byteOrderMark + csvLine(columns.map(({ name }) => name))

/** A record as a line of the file. */
export const csvRecord = (kept: KeptRecord, titleOf: TitleOf): string =>
  csvLine(columns.map(({ of }) => of(kept, titleOf)))

/**
 * Values as a line of a CSV file, every one in quotes (RFC 4180). Spreadsheets take a text for a formula that begins with one of
 * `=`, `+`, `-`, `@`, their wide forms, a tab or the end of a line: it gets an apostrophe in front, which makes it a text again.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
export const csvLine = (values: readonly string[]): string => `${values.map(quoted).join(',')}\r\n`

const quoted = (value: string) => `"${defused(value).replaceAll('"', '""')}"`
const defused = (value: string) => (/^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value)
