import { groups } from '../../directory/ids.ts'
import { people, personBy } from '../../directory/people.ts'
import type { TenantState } from '../../state.ts'
import type { Collection, Entry } from '../collection.ts'
import { cased } from '../enums.ts'
import { scheduleId, scheduleInfo } from './request-rows.ts'
import { scopesOf } from './scopes.ts'

const filterable = ['groupId', 'principalId', 'accessId', 'memberType', 'status']

/** PIM's schedules of active membership, those that begin later among them. */
export const assignmentSchedules: Collection = {
  name: 'assignmentSchedules',
  readers: scopesOf.assignment.read,
  parts: ['principal'],
  filterable: [...filterable, 'assignmentType'],
  entries: state => {
    const plans = people.flatMap(({ key }) => state.pim.memberships.plannedFor(key))
    return plans.map(plan => schedule(state, { ...plan, more: { assignmentType: cased(state, plan.kind) } }))
  },
}

/** PIM's schedules of eligibility, those that begin later among them. */
export const eligibilitySchedules: Collection = {
  name: 'eligibilitySchedules',
  readers: scopesOf.eligibility.read,
  parts: ['principal'],
  filterable,
  entries: state => state.pim.eligibilities.planned().map(plan => schedule(state, { ...plan, more: {} })),
}

/** The eligibilities that are in force now. */
export const eligibilityInstances: Collection = {
  name: 'eligibilityScheduleInstances',
  readers: scopesOf.eligibility.read,
  parts: ['principal'],
  filterable: ['groupId', 'principalId', 'accessId', 'memberType', 'eligibilityScheduleId'],
  entries: state => {
    const inForce = state.pim.eligibilities.planned().filter(({ from }) => from <= state.clock())
    return inForce.map(({ id, key, from, until }) => ({
      key,
      row: {
        ...common(state, { id, key }),
        eligibilityScheduleId: scheduleId(id, 'member'),
        startDateTime: from.toISOString(),
        endDateTime: until?.toISOString() ?? null,
      },
    }))
  },
}

type Plan = { id: string; key: string; from: Date; until: Date | undefined; more: object }

function schedule(state: TenantState, { id, key, from, until, more }: Plan): Entry {
  const { log } = state.pim
  const request = log.find(id)
  const created = (request?.created ?? from).toISOString()
  const length = until ? { type: 'afterDateTime' as const, until } : { type: 'noExpiration' as const }
  return {
    key,
    row: {
      ...common(state, { id, key }),
      ...more,
      createdDateTime: created,
      modifiedDateTime: created,
      createdUsing: request?.id ?? null,
      status: request ? log.statusOf(request) : 'Provisioned',
      scheduleInfo: scheduleInfo(state, { from, length }),
    },
  }
}

function common(state: TenantState, { id, key }: { id: string; key: string }) {
  return {
    id: scheduleId(id, 'member'),
    principalId: personBy(key).oid,
    accessId: cased(state, 'member'),
    groupId: groups.access,
    memberType: cased(state, 'direct'),
  }
}
