import type { AccessNow } from '../../gate/asking/access-now.ts'
import type { MyAccess, Use } from '../../pim/answers.ts'
import { instantOf, period, spoken } from '../shell/instant.ts'
import { turnOnForm } from './form-model.ts'
import { type Circumstances, waitingModel } from './offer-model.ts'

type Shown = { mine: MyAccess; shown: AccessNow; again: number }

/**
 * Everything the page says. Whether access is on, and until when, is what the gate says, as in the line above the page;
 * PIM adds what it is for. `again`: the place in the list of the use that is proposed for the form.
 */
export function myAccessModel({ mine, shown, again }: Shown, about: Circumstances) {
  const { now, groupName, reference } = about
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  const { canTurnOn, notExtended } = mine
  return {
    groupName,
    state: shown.state,
    on: shown.state === 'on' ? onModel(mine.on, shown, now) : undefined,
    /** Microsoft shows it as on, and here it is not, or nobody can tell. */
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
    /** Microsoft's lists do not name it: they are behind, or it was given past PIM. */
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

/** The form with what was typed for an earlier use, unless something newer was typed already. */
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
