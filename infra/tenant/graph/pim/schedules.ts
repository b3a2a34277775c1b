import { type GroupKey, idOfGroup } from '../../directory/managed.ts'
import { everybody, personBy } from '../../directory/people.ts'
import type { TenantState } from '../../state.ts'
import type { Collection, Entry } from '../collection.ts'
import { cased } from '../enums.ts'
import { shownUntil } from '../lag.ts'
import { scheduleId, scheduleInfo } from './request-rows.ts'
import { scopesOf } from './scopes.ts'

const filterable = ['groupId', 'principalId', 'accessId', 'memberType', 'status']

/** PIM's schedules of active membership, those that begin later among them. */
export const assignmentSchedules: Collection = {
  name: 'assignmentSchedules',
  readers: scopesOf.assignment.read,
  parts: ['principal'],
  filterable: [...filterable, 'assignmentType'],
  entries: state =>
    state.pims.all().flatMap(({ group, memberships }) => {
      const plans = everybody.flatMap(({ key }) => memberships.plannedFor(key).map(plan => ({ ...plan, group })))
      return shownAlready(state, plans).map(plan =>
        schedule(state, { ...plan, more: { assignmentType: cased(state, plan.kind) } }),
      )
    }),
}

/** PIM's schedules of eligibility, those that begin later among them. */
export const eligibilitySchedules: Collection = {
  name: 'eligibilitySchedules',
  readers: scopesOf.eligibility.read,
  parts: ['principal'],
  filterable,
  entries: state => shownAlready(state, eligibilitiesOf(state)).map(plan => schedule(state, { ...plan, more: {} })),
}

/** The eligibilities that are in force now. */
export const eligibilityInstances: Collection = {
  name: 'eligibilityScheduleInstances',
  readers: scopesOf.eligibility.read,
  parts: ['principal'],
  filterable: ['groupId', 'principalId', 'accessId', 'memberType', 'eligibilityScheduleId'],
  entries: state => {
    const inForce = shownAlready(state, eligibilitiesOf(state)).filter(({ from }) => from <= state.clock())
    return inForce.map(({ group, id, key, from, until }) => ({
      group,
      key,
      row: {
        ...common(state, { group, id, key }),
        eligibilityScheduleId: scheduleId(group, { id, side: 'member' }),
        startDateTime: from.toISOString(),
        endDateTime: until?.toISOString() ?? null,
      },
    }))
  },
}

const eligibilitiesOf = ({ pims }: TenantState) =>
  pims.all().flatMap(({ group, eligibilities }) => eligibilities.planned().map(plan => ({ ...plan, group })))

/** The plans that a read shows: those that were made a moment ago may be missing. */
function shownAlready<Some extends { id: string; group: GroupKey }>(state: TenantState, plans: Some[]): Some[] {
  const at = shownUntil(state)
  return plans.filter(({ id, group }) => (state.pims.of(group).log.find(id)?.created ?? at) <= at)
}

type Plan = { group: GroupKey; id: string; key: string; from: Date; until: Date | undefined; more: object }

function schedule(state: TenantState, { group, id, key, from, until, more }: Plan): Entry {
  const { log } = state.pims.of(group)
  const request = log.find(id)
  const created = (request?.created ?? from).toISOString()
  const length = until ? { type: 'afterDateTime' as const, until } : { type: 'noExpiration' as const }
  return {
    group,
    key,
    row: {
      ...common(state, { group, id, key }),
      ...more,
      createdDateTime: created,
      modifiedDateTime: created,
      createdUsing: request?.id ?? null,
      status: request ? log.statusOf(request) : 'Provisioned',
      scheduleInfo: scheduleInfo(state, { from, length }),
    },
  }
}

function common(state: TenantState, { group, id, key }: Pick<Plan, 'group' | 'id' | 'key'>) {
  return {
    id: scheduleId(group, { id, side: 'member' }),
    principalId: personBy(key).oid,
    accessId: cased(state, 'member'),
    groupId: idOfGroup(group),
    memberType: cased(state, 'direct'),
  }
}
