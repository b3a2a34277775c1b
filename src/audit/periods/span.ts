/** A stretch of time by its name: a month (`2026-10`), a quarter (`2026-Q4`) or a year (`2026`), in UTC. `to` is its end. */
export type NamedSpan = { name: string; from: Date; to: Date }

/** What a name says; undefined for a text that is none. */
export function namedSpan(text: string): NamedSpan | undefined {
  const [, year, quarter, month] = /^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$/.exec(text) ?? []
  if (year === undefined || Number(year) < 1970) return undefined
  const [first, months] = quarter ? [Number(quarter) * 3 - 3, 3] : month ? [Number(month) - 1, 1] : [0, 12]
  return { name: text, from: utc(Number(year), first), to: utc(Number(year), first + months) }
}

/** The month of an instant. */
export const monthOf = (at: Date): NamedSpan => namedSpan(at.toISOString().slice(0, 7)) as NamedSpan

/** The names of the spans of the same length before and after. */
export function besideSpan({ name, from, to }: NamedSpan): { before: string; after: string } {
  const nameOf = (at: Date) => {
    const year = at.getUTCFullYear()
    if (/^\d{4}$/.test(name)) return String(year)
    return name.includes('Q') ? `${year}-Q${Math.floor(at.getUTCMonth() / 3) + 1}` : at.toISOString().slice(0, 7)
  }
  return { before: nameOf(new Date(from.getTime() - 1)), after: nameOf(to) }
}

const utc = (year: number, month: number) => new Date(Date.UTC(year, month, 1))
