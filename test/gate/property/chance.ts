/** The same numbers for the same seed, on every machine (mulberry32). */
export function chanceFrom(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const between = (low: number, high: number) => Math.floor(low + next() * (high - low))
  return {
    between,
    isLucky: (share: number) => next() < share,
    of: <T>(list: readonly T[]): T => list[between(0, list.length)] as T,
  }
}
