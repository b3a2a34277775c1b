import { type ExceptionKind, exceptionKinds } from '../../../audit/periods/exceptions.ts'
import { monthOf, type NamedSpan, namedSpan } from '../../../audit/periods/span.ts'
import { type ListParams, paramsIn } from '../../listing/address.ts'

export const reportPath = '/trail/report'
/** Longer than this many hours is an exception, unless the address says another number. */
const usualHours = 8

/** What the address of a report asks for. `wrong`: a part of it that cannot be right, in words. */
export type AskedReport = {
  span: NamedSpan
  hours: number
  kind: ExceptionKind | undefined
  format: 'page' | 'csv' | 'json' | 'evidence'
  params: ListParams
  wrong: string | undefined
}

/** Reads the address of a report. Without a period it is about this month. */
export function reportAsked(query: unknown, now: Date): AskedReport {
  const given = paramsIn(query, ['period', 'hours', 'kind', 'format'])
  const span = given.period === undefined ? monthOf(now) : namedSpan(given.period)
  const hours = /^[1-9]\d{0,3}$/.test(given.hours ?? '') ? Number(given.hours) : undefined
  const kind = exceptionKinds.find(each => each === given.kind)
  const format = (['csv', 'json', 'evidence'] as const).find(each => each === given.format)
  return {
    span: span ?? monthOf(now),
    hours: hours ?? usualHours,
    kind,
    format: format ?? 'page',
    params: {
      period: (span ?? monthOf(now)).name,
      ...(hours !== undefined && { hours: String(hours) }),
      ...(kind && { kind }),
    },
    wrong: span
      ? undefined
      : `“${given.period}” is no period. Write a month as 2026-10, a quarter as 2026-Q4, a year as 2026.`,
  }
}
