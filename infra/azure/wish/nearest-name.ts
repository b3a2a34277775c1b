/** The name that a misspelt one was most likely meant to be. */
export const nearestName = (name: string, known: readonly string[]): string | undefined =>
  known.toSorted((one, other) => distance(name, one) - distance(name, other))[0]

/** Levenshtein distance, without regard to case. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [i, a] of [...one.toLowerCase()].entries()) {
    const next = [i + 1]
    for (const [j, b] of [...other.toLowerCase()].entries())
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (a === b ? 0 : 1)))
    row = next
  }
  return row[other.length] ?? 0
}
