import type { MyAccess, Use } from '../pim/access.ts'
import { instant, period, spoken } from './instant.ts'
import { type Circumstances, waitingModel } from './offer-model.ts'
import { turnOnForm } from './turn-on-form.ts'

/** Everything the page says, with the use of `again` (by its place in the list) as the proposal for the form. */
export function myAccessModel(mine: MyAccess, about: Circumstances, again: number) {
  const { now, groupName, reference } = about
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instant(new Date(ms), now))
  const { canTurnOn } = mine
  return {
    groupName,
    on: mine.on && onModel(mine.on, now),
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
    eligible: mine.eligible,
    eligibleUntil: at(mine.eligibleUntil),
    problem: mine.problem?.sentence ?? '',
    reference,
  }
}

function onModel(on: NonNullable<MyAccess['on']>, now: Date) {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instant(new Date(ms), now))
  const end = on.nextUntil ?? on.until
  const isTooSoon = on.canEndAt !== undefined && on.canEndAt > now.getTime()
  return {
    from: instant(new Date(on.from), now),
    until: at(on.until),
    nextUntil: at(on.nextUntil),
    reason: on.reason ?? '',
    ticket: on.ticket ?? '',
    always: on.always,
    canEndAt: isTooSoon ? at(on.canEndAt) : undefined,
    extensions: end === undefined ? [] : extensionsOf(on.extendMinutes ?? [], end, now),
  }
}

const extensionsOf = (minutes: readonly number[], end: number, now: Date) =>
  minutes.map((each, index) => ({
    minutes: each,
    label: spoken(each),
    ends: instant(new Date(end + each * 60_000), now),
    isChosen: index === 0,
  }))

/** The form with what was typed for an earlier use, unless something newer was typed already. */
function withUse(form: NonNullable<MyAccess['canTurnOn']>, use: Use | undefined) {
  if (!use || form.typed) return form
  return { ...form, typed: { reason: use.reason ?? '', ticket: use.ticket ?? '', minutes: String(use.minutes ?? '') } }
}

function howOf({ how, by }: Use): string {
  const someone = by ?? 'somebody else'
  const words: Record<Use['how'], string> = {
    'ran-out': 'ran out',
    'by-you': 'ended by you',
    'by-other': `ended by ${someone}`,
    denied: by ? `${by} said no` : 'the answer was no',
    cancelled: 'cancelled by you',
    lapsed: 'nobody answered',
    failed: 'did not work',
  }
  return words[how]
}
