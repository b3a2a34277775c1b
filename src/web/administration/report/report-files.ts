import type { AccessException } from '../../../audit/periods/exceptions.ts'
import type { CalledPerson, Period, UngrantedRequest } from '../../../audit/periods/period.ts'
import type { AccessReport } from '../../../audit/periods/report.ts'
import { csvLine } from '../trail/csv.ts'
import type { TitleOf } from '../trail/sentence.ts'
import type { AskedReport } from './asked-report.ts'
import type { LookedBack } from './looking-back.ts'
import { endWords, exceptionWords, howWords, stateWords } from './words.ts'

/** Excel takes a file without it for one in the code page of its machine, and spoils every name that is not plain ASCII. */
const byteOrderMark = '\uFEFF'

const columns = [
  ...['person', 'user name', 'person id', 'gate', 'what', 'since', 'until', 'ended', 'minutes', 'extensions'],
  ...['reason', 'ticket', 'requested', 'approved by', 'approved after minutes', 'given by', 'check', 'forms sent'],
  ...['comment', 'exceptions', 'request', 'records'],
]

/** The periods and the requests that led to none as a CSV file, piece by piece, a line each. */
export async function* reportCsv(
  report: AccessReport,
  { hours, titleOf }: Pick<AskedReport, 'hours'> & { titleOf: TitleOf },
) {
  const exceptions = Map.groupBy(report.exceptions, ({ records }) => records.at(-1))
  const wordsFor = (records: readonly number[]) =>
    [...new Set((exceptions.get(records.at(-1)) ?? []).map(({ kind }) => exceptionWords(kind, hours)))].join('; ')
  yield byteOrderMark + csvLine(columns)
  for (const period of report.periods) yield csvLine(periodLine(period, titleOf, wordsFor(period.records)))
  for (const asked of report.ungranted) yield csvLine(askedLine(asked, titleOf, wordsFor(asked.records)))
}

const iso = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString())
const minutesOf = (ms: number | undefined): string => (ms === undefined ? '' : String(Math.round(ms / 60_000)))
const personOf = ({ called, username = '', objectId }: CalledPerson) => [called, username, objectId]
const numbersOf = (records: readonly number[]) => records.join(' ')

function periodLine(period: Period, titleOf: TitleOf, exceptions: string): string[] {
  const { person, gate, how, since, end, ended, extensions, records, request = '' } = period
  const lasted = since === undefined || end === undefined ? undefined : end - since
  return [
    ...[...personOf(person), titleOf(gate), howWords[how], iso(since), iso(end), endWords(ended), minutesOf(lasted)],
    ...[
      String(extensions),
      period.reason ?? '',
      period.ticket ?? '',
      iso(period.requestedAt),
      period.approvedBy?.called ?? '',
    ],
    ...[minutesOf(period.approvedAfterMs), period.givenBy?.called ?? '', period.check ?? '', String(period.wrote)],
    ...[ended?.comment ?? '', exceptions, request, numbersOf(records)],
  ]
}

function askedLine(asked: UngrantedRequest, titleOf: TitleOf, exceptions: string): string[] {
  const { person, gate, from, to, reason = '', ticket = '', records } = asked
  const none = (many: number) => Array<string>(many).fill('')
  return [
    ...[...personOf(person), titleOf(gate), `asked: ${stateWords(asked)}`, iso(from), iso(to), ...none(3)],
    ...[reason, ticket, iso(from), ...none(6), exceptions, '', numbersOf(records)],
  ]
}

/** The report as JSON. Instants are ISO 8601, and what is not known is left out. */
export function reportJson(
  report: AccessReport,
  { span, hours }: Pick<AskedReport, 'span' | 'hours'>,
  looked: LookedBack,
): object {
  const { totals, population, exceptions, periods, ungranted, asOf } = report
  return {
    period: span.name,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    asOf: iso(asOf),
    longerThanHours: hours,
    firstRecordRead: looked.first === undefined ? null : iso(looked.first),
    isOlderKept: !looked.isAll,
    isCut: looked.isCut,
    totals,
    population,
    exceptions: exceptions.map((each: AccessException) => withInstants(each)),
    periods: periods.map(each => withInstants(each)),
    requestsWithoutPeriod: ungranted.map(each => withInstants(each)),
  }
}

const instants = new Set(['since', 'until', 'end', 'requestedAt', 'to', 'at', 'from'])
const withInstants = (told: object): object =>
  Object.fromEntries(
    Object.entries(told).map(([name, value]) => [
      name,
      instants.has(name) && typeof value === 'number' ? iso(value) : value,
    ]),
  )
