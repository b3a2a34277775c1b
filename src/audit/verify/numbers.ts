/** How a number is out of its place; undefined where it is not. */
export type OutOfPlace = 'late' | 'again' | undefined

/** Numbers from the first to the last, both included. */
type Gap = { from: number; to: number }
/** How many numbers are missing, and the first of them. */
export type Missing = { count: number; first: number }

/**
 * Watches numbers that should come one after the other. 'late': the number was left out before. 'again': it was there
 * before, or stands below `first`.
 */
export function createNumbers(first: number) {
  let next = first
  let gaps: Gap[] = []

  function fill(number: number, gap: Gap): void {
    const parts = [
      { from: gap.from, to: number - 1 },
      { from: number + 1, to: gap.to },
    ]
    gaps = gaps.flatMap(each => (each === gap ? parts.filter(({ from, to }) => from <= to) : [each]))
  }

  return {
    take(number: number): OutOfPlace {
      if (number >= next) {
        if (number > next) gaps.push({ from: next, to: number - 1 })
        next = number + 1
        return undefined
      }
      const gap = gaps.find(({ from, to }) => from <= number && number <= to)
      if (!gap) return 'again'
      fill(number, gap)
      return 'late'
    },

    /** The numbers below `size` that did not come. Undefined where all came. */
    missingBelow(size: number): Missing | undefined {
      const all = next < size ? [...gaps, { from: next, to: size - 1 }] : gaps
      return all[0] && { count: all.reduce((sum, { from, to }) => sum + to - from + 1, 0), first: all[0].from }
    },
  }
}
