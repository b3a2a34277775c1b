import type { AccessNow } from '../../gate/asking/access-now.ts'
import type { MyAccess, Use } from '../../pim/answers.ts'
import { instantOf, period, spoken } from '../shell/instant.ts'
import type { Circumstances } from './circumstances.ts'
import { turnOnForm } from './form-model.ts'
import { waitingModel } from './offer-model.ts'

type Shown = { mine: MyAccess; shown: AccessNow; again: number }

/**
 * The model of My access. The gate says whether access is on and until when, as in the line above the page; PIM adds the
 * reason and the history. `again` is the index of the earlier use whose reason the form proposes; -1 proposes none.
 */
export function myAccessModel({ mine, shown, again }: Shown, about: Circumstances) {
  const { now, groupName, gate, isByRole = false, reference } = about
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  const { canTurnOn, notExtended } = mine
  return {
    groupName,
    gate,
    state: shown.state,
    on:
      shown.state === 'on'
        ? { ...onModel(mine.on, shown, now), isPastPim: isByRole && !mine.on && !mine.problem }
        : undefined,
    /** Microsoft shows access as on, while the gate says that it is off or cannot tell. */
    elsewhere: shown.state !== 'on' && mine.on ? { from: instantOf(new Date(mine.on.from), now) } : undefined,
    endAskedAt: at(mine.on?.endAskedAt),
    form: canTurnOn && turnOnForm(withUse(canTurnOn, mine.recent[again]), about),
    waiting: mine.waiting && waitingModel(mine.waiting, now),
    recent: mine.recent.map((use, index) => ({
      index,
      when: period(new Date(use.from), use.until === undefined ? undefined : new Date(use.until), now),
      how: howOf(use),
      reason: use.reason ?? '',
      ticket: use.ticket ?? '',
      length: use.minutes ? spoken(use.minutes) : '',
      canRepeat: canTurnOn !== undefined && Boolean(use.reason),
    })),
    isTurningOn: mine.isTurningOn === true,
    hasOne: shown.state === 'on' || mine.on !== undefined || mine.waiting !== undefined,
    eligible: mine.eligible,
    eligibleUntil: at(mine.eligibleUntil),
    problem: mine.problem?.sentence ?? '',
    notExtended: notExtended && { by: '', comment: '', ...notExtended, sentence: notExtended.problem.sentence },
    reference,
  }
}

function onModel(mine: MyAccess['on'], { until, was, isAlways }: Extract<AccessNow, { state: 'on' }>, now: Date) {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  const isTooSoon = mine?.canEndAt !== undefined && mine.canEndAt > now.getTime()
  const canExtend = until !== undefined && was === undefined && mine?.nextUntil === undefined
  return {
    from: at(mine?.from),
    until: at(until),
    was: at(was),
    reason: mine?.reason ?? '',
    ticket: mine?.ticket ?? '',
    always: until === undefined && (isAlways || mine?.always === true),
    /** Microsoft's lists do not name this access: the lists are late, or somebody gave access past PIM. */
    isUnlisted: mine === undefined,
    isOwn: mine?.canEndAt !== undefined,
    canEndAt: isTooSoon ? at(mine.canEndAt) : undefined,
    extensions: canExtend ? extensionsOf(mine?.extendMinutes ?? [], until, now) : [],
  }
}

const extensionsOf = (minutes: readonly number[], end: number, now: Date) =>
  minutes.map((each, index) => ({
    minutes: each,
    label: spoken(each),
    ends: instantOf(new Date(end + each * 60_000), now),
    isChosen: index === 0,
  }))

/** The form, filled with an earlier use. What the person has typed since then wins. */
function withUse(form: NonNullable<MyAccess['canTurnOn']>, use: Use | undefined) {
  if (!use || form.typed) return form
  return { ...form, typed: { reason: use.reason ?? '', ticket: use.ticket ?? '', minutes: String(use.minutes ?? '') } }
}

function howOf({ how, by }: Use): string {
  const words: Record<Use['how'], string> = {
    'ran-out': 'ran out',
    'by-you': 'ended by you',
    'by-other': by ? `removed by ${by}` : 'removed before its time',
    denied: by ? `${by} said no` : 'the answer was no',
    cancelled: 'cancelled by you',
    lapsed: 'nobody answered',
    failed: 'did not work',
  }
  return words[how]
}
