import type { GateSettings } from '../../../config/gates.ts'
import { type ListParams, listAddress } from '../../listing/address.ts'
import { type FilterField, filtersOf } from '../../listing/filters.ts'
import { fieldDay, givenSpan } from '../../listing/given-instant.ts'

export const timelinePath = '/timeline'

export type TimelineView = 'day' | 'week' | 'month'
/** What the address of the timeline asks for. `at`: the instant of which is asked who was in. It is within the time that is shown. */
export type AskedTimeline = {
  view: TimelineView
  from: Date
  to: Date
  at: Date | undefined
  gate: string | undefined
  person: string | undefined
  params: ListParams
  form: ReturnType<typeof filtersOf>['form']
  steps: { label: string; href: string }[]
}

/** Reads the address of the timeline. Without a day it shows today; with an instant, the time around that. */
export function timelineAsked(
  query: unknown,
  { gates, now }: { gates: readonly GateSettings[]; now: Date },
): AskedTimeline {
  const { values, params, form } = filtersOf({ path: timelinePath, fields: fieldsFor(gates), query, keep: [] })
  const at = givenSpan(values.at ?? '')?.from
  const day = at ?? givenSpan(values.day ?? '')?.from ?? now
  const view = values.view === 'week' || values.view === 'month' ? values.view : 'day'
  const { from, to } = spanOf(view, day)
  const to_ = (label: string, other: Date) => ({
    label,
    href: listAddress(timelinePath, params, { day: fieldDay(other), at: undefined, page: undefined }),
  })
  return {
    ...{ view, from, to, at, params, form },
    ...{ gate: values.gate, person: values.person },
    steps: [
      to_(`Earlier ${view}`, new Date(from.getTime() - 1)),
      ...(to <= now ? [to_(`Later ${view}`, to)] : []),
      ...(from <= now && now < to ? [] : [to_(`This ${view}`, now)]),
    ],
  }
}

const fieldsFor = (gates: readonly GateSettings[]): FilterField[] => [
  { kind: 'end', name: 'at', label: 'Who was in at (UTC)', withTime: true },
  {
    kind: 'select',
    name: 'view',
    label: 'Show',
    any: 'A day',
    options: [
      { value: 'week', label: 'A week' },
      { value: 'month', label: 'A month' },
    ],
  },
  { kind: 'begin', name: 'day', label: 'With this day (UTC)' },
  {
    kind: 'select',
    name: 'gate',
    label: 'Access to',
    any: 'Everything',
    options: gates.map(({ name, title }) => ({ value: name, label: title })),
  },
  { kind: 'text', name: 'person', label: 'Person or object id' },
]

/** The day, the week from its Monday on, or the month around an instant, in UTC. */
function spanOf(view: TimelineView, around: Date): { from: Date; to: Date } {
  const [year, month, day] = [around.getUTCFullYear(), around.getUTCMonth(), around.getUTCDate()]
  const begin = { day, week: day - ((around.getUTCDay() + 6) % 7), month: 1 }[view]
  const from = new Date(Date.UTC(year, month, begin))
  const to = { day: [year, month, day + 1], week: [year, month, begin + 7], month: [year, month + 1, 1] }[view]
  return { from, to: new Date(Date.UTC(...(to as [number, number, number]))) }
}
