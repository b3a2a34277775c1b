import type { OutcomeStep, Said } from './said.ts'

/** The longest that an act takes with us until its outcome is recorded, generously: what is younger may be going on. */
const goingOnMs = 10 * 60_000

/** Watches acts: which were asked for and have no outcome. Records come by their numbers. */
export function watchActs() {
  const open = new Map<string, { seq: number; at: number }>()
  /** The last step of each act that may have another outcome later. */
  const unsettled = new Map<string, OutcomeStep>()
  let [requests, newest] = [0, Number.NEGATIVE_INFINITY]

  return {
    take({ seq, at, step }: Said): void {
      if (at > newest) newest = at
      if (!step) return
      const { act, is } = step
      if (is === 'Requested') {
        requests += 1
        if (!open.has(act)) open.set(act, { seq, at })
        return
      }
      open.delete(act)
      if (is === 'Waiting' || is === 'Unanswered') unsettled.set(act, is)
      else unsettled.delete(act)
    },

    /**
     * `firstOpen`: the first request without an outcome; `firstOverdue`: the first that is too old to be still going on.
     * `waiting` and `unanswered` count acts that got no further.
     */
    told() {
      const all = [...open.values()]
      const steps = [...unsettled.values()]
      return {
        requests,
        open: all.length,
        firstOpen: all[0]?.seq,
        firstOverdue: all.find(({ at }) => !(newest - at < goingOnMs))?.seq,
        waiting: steps.filter(step => step === 'Waiting').length,
        unanswered: steps.filter(step => step === 'Unanswered').length,
      }
    },
  }
}
