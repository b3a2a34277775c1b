/** A clock that moves only when somebody sleeps. */
export function timeInHand(start = '2026-11-29T12:00:00Z') {
  let now = Date.parse(start)
  return {
    clock: () => new Date(now),
    sleep: async (ms: number) => {
      now += ms
    },
    /** Seconds since the start. */
    passed: () => (now - Date.parse(start)) / 1000,
  }
}
