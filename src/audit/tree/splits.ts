/** Leaves from `start` to before `end`. */
export type Leaves = { start: number; end: number }

/**
 * How many leaves the left side of a tree of `size` leaves has: the largest power of two below `size`, which is at least 2.
 * It counts without bit operations, which would be wrong beyond 2³¹.
 */
export function leftSizeOf(size: number): number {
  let left = 1
  while (left * 2 < size) left *= 2
  return left
}

/**
 * The complete subtrees that these leaves consist of, left to right, the largest first. The leaves begin where a subtree of
 * their number may begin.
 */
export function completeSubtreesOf({ start, end }: Leaves): Leaves[] {
  const subtrees: Leaves[] = []
  for (let at = start; at < end; ) {
    const next = at + leftSizeOf(end - at + 1)
    subtrees.push({ start: at, end: next })
    at = next
  }
  return subtrees
}
