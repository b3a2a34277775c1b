/** An instant as a page shows it: absolute first, with its zone, then how far from now. */
export type Instant = { iso: string; absolute: string; relative: string }

const dayMs = 86_400_000
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** With its zone, and with its day unless that is today. */
export function instantOf(at: Date, now: Date): Instant {
  const { iso, absolute, relative } = dated(at, now)
  return { iso, absolute: dayOf(at) === dayOf(now) ? `${clockFormat.format(at)} UTC` : absolute, relative }
}

/** With its day even when that is today, for a sentence that says "on". A year other than this one is named. */
export function dated(at: Date, now: Date): Instant {
  const year = at.getUTCFullYear() === now.getUTCFullYear() ? '' : ` ${at.getUTCFullYear()}`
  const absolute = `${dayFormat.format(at)}${year}, ${clockFormat.format(at)} UTC`
  return { iso: at.toISOString(), absolute, relative: relative(at.getTime() - now.getTime()) }
}

const secondFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' })
/** An instant of today, to the second: for what is seconds old. */
export const instantToTheSecond = (at: Date, now: Date): Instant => ({
  ...dated(at, now),
  absolute: `${secondFormat.format(at)} UTC`,
})

/** With its day and its seconds, for lists in which much happens in a minute. */
export function datedToTheSecond(at: Date, now: Date): Instant {
  const shown = dated(at, now)
  const seconds = String(at.getUTCSeconds()).padStart(2, '0')
  return { ...shown, absolute: shown.absolute.replace(/ UTC$/, `:${seconds} UTC`) }
}

/** A day without a time, as a plan or a policy names it. A day of UTC. */
export function dayDated(at: Date, now: Date): Instant {
  const { absolute, relative } = dated(at, now)
  return { iso: dayOf(at), absolute: absolute.replace(/, \d\d:\d\d UTC$/, ''), relative }
}

/** From one instant to another, each to be written with its own `<time>`. */
export type Range = { from: Instant; until?: Instant; length: string }

/** A range as a page shows it: day and zone only once where that is enough. While the end is open its length counts until now. */
export function rangeOf(from: Date, until: Date | undefined, now: Date): Range {
  const length = lengthOf((until ?? now).getTime() - from.getTime())
  if (!until) return { from: instantOf(from, now), length }
  const isOneDay = dayOf(from) === dayOf(until)
  const [begin, end] = [isOneDay ? instantOf(from, now) : dated(from, now), dated(until, now)]
  return {
    from: { ...begin, absolute: begin.absolute.replace(/ UTC$/, '') },
    until: isOneDay ? { ...end, absolute: `${clockFormat.format(until)} UTC` } : end,
    length,
  }
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

function relative(ms: number): string {
  if (Math.abs(ms) < 60_000) return ms <= 0 ? 'just now' : 'in less than a minute'
  const length = Math.abs(ms) < 2 * dayMs ? lengthOf(Math.abs(ms)) : `${Math.floor(Math.abs(ms) / dayMs)} days`
  return ms < 0 ? `${length} ago` : `in ${length}`
}

/** A length in ms as whole hours and minutes, rounded down; below a minute as seconds. */
export function lengthOf(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`
  const minutes = Math.floor(ms / 60_000)
  const parts = [minutes >= 60 && `${Math.floor(minutes / 60)} h`, minutes % 60 > 0 && `${minutes % 60} min`]
  return parts.filter(Boolean).join(' ')
}

/** From one instant to another, with day and zone only once where that is enough; the beginning alone when the end is open. */
export function period(from: Date, until: Date | undefined, now: Date): string {
  const begin = instantOf(from, now).absolute
  if (!until) return begin
  return dayOf(from) === dayOf(until)
    ? `${begin.replace(' UTC', '')} to ${clockFormat.format(until)} UTC`
    : `${dated(from, now).absolute} to ${dated(until, now).absolute}`
}

/** A length in minutes that a person may choose, as they would say it. */
export function spoken(minutes: number): string {
  if (minutes < 60 || minutes % 60 > 0) return lengthOf(minutes * 60_000)
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
}
