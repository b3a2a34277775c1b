import { membersGate } from '../../config/gates.ts'
import type { Gates } from '../../gate/gates.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { TurnOnForm } from './form-model.ts'
import type { myAccessModel } from './mine-model.ts'

type OneModel = ReturnType<typeof myAccessModel>

/**
 * The model of My access for all gates: the first gate, and every other gate that concerns the person. `roles` are the
 * titles of gates that the person has, and at which nobody turns anything on here. `sent` is the form for several gates that
 * comes back.
 */
export function myGatesModel(all: readonly OneModel[], roles: readonly string[], sent?: SentTogether) {
  const [first, ...others] = all
  const gates = [...(first ? [first] : []), ...others.filter(concerns)]
  return { gates, together: togetherIn(gates, sent), areSeveral: gates.length > 1 || roles.length > 0, roles }
}

/** The form for several gates, as it was sent: the gates that were ticked, what was typed with its faults, and what is missing. */
export type SentTogether = {
  ticked: readonly string[]
  form?: TurnOnForm | undefined
  typed?: { reason: string; ticket: string } | undefined
  problem?: string
}

const concerns = ({ hasOne, form, recent, eligible, isTurningOn, problem, notExtended }: OneModel): boolean =>
  hasOne ||
  form !== undefined ||
  recent.length > 0 ||
  eligible ||
  isTurningOn ||
  problem !== '' ||
  notExtended !== undefined

/** The titles of the gates at which the person is in, although nobody turns on access there: gates of roles, or set so. */
export const heldRoles = (gates: Gates, record: SessionRecord): string[] =>
  gates.all.filter(({ name, settings }) => !settings.selfService && gates.isIn(record, name)).map(({ title }) => title)

/**
 * The one form for several gates at which access can be turned on: a tick each, one reason, and the times that all of them
 * allow. Undefined where there is at most one, or no time that all allow.
 */
function togetherIn(gates: readonly OneModel[], sent?: SentTogether) {
  const offered = gates.flatMap(({ form, gate, groupName }) => (form ? [{ form, gate, groupName }] : []))
  const [first, ...others] = offered.map(({ form }) => form)
  if (!first || others.length === 0) return undefined
  const choices = first.choices.filter(({ minutes }) =>
    others.every(form => form.choices.some(choice => choice.minutes === minutes)),
  )
  if (choices.length === 0) return undefined
  const chosen = (sent?.form ?? first).choices.find(each => each.isChosen)?.minutes
  const isChosen = choices.some(({ minutes }) => minutes === chosen)
  return {
    ...(sent?.form ?? first),
    ...sent?.typed,
    ...(sent?.problem && { errors: [{ field: 'gate', text: sent.problem }] }),
    gates: [],
    beside: [],
    button: 'Turn on access',
    longest: choices.at(-1)?.label ?? '',
    choices: choices.map((each, index) => ({ ...each, isChosen: isChosen ? each.minutes === chosen : index === 0 })),
    asksTicket: offered.some(({ form }) => form.asksTicket),
    asksApproval: offered.every(({ form }) => form.asksApproval),
    needs: [],
    last: undefined,
    ticks: offered.map(({ form, gate, groupName }) => ({
      gate: gate || membersGate,
      groupName,
      isTicked: sent?.ticked.includes(gate || membersGate) ?? false,
      needs: [`Up to ${form.longest}.`, ...form.needs].join(' '),
    })),
  }
}
