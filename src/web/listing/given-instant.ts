const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * The instants that a field of a form or an address gives, which writes a day (`2026-03-02`) or a minute
 * (`2026-03-02T13:05`) in UTC: the first ms of it, and the first ms after it. Undefined for anything else.
 */
export function givenSpan(text: string): { from: Date; until: Date } | undefined {
  const [, day, minute] = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?Z?$/.exec(text) ?? []
  if (day === undefined) return undefined
  const from = new Date(`${day}T${minute ?? '00:00'}:00.000Z`)
  // A day that the month does not have would be taken for one of the next month.
  if (Number.isNaN(from.getTime()) || from.toISOString().slice(0, 10) !== day) return undefined
  return { from, until: new Date(from.getTime() + (minute === undefined ? dayMs : minuteMs)) }
}

/** An instant as the field of a date, or of a date and time, takes it. */
export const fieldDay = (at: Date): string => at.toISOString().slice(0, 10)
/** An instant as the field of a date and time takes it: in UTC, to the minute. */
export const fieldMinute = (at: Date): string => at.toISOString().slice(0, 16)
