import type { ListName } from '../../../entra/pim/group-lists.ts'
import type { GatePeople } from '../../../pim/people/gate-people.ts'
import type { WhyMissing } from '../../../pim/people/lists.ts'
import type { PeopleAtGates } from '../../../pim/people/people.ts'
import type { Empty } from '../../listing/table.ts'
import type { PeopleList } from './asked.ts'

const assignments = 'PrivilegedAssignmentSchedule.Read.AzureADGroup'
const eligibilities = 'PrivilegedEligibilitySchedule.Read.AzureADGroup'
/** What a list tells, and the permission of Graph that shows it. */
const lists: Record<ListName, { what: string; permission: string }> = {
  active: { what: 'who has access through PIM', permission: assignments },
  members: {
    what: 'who is in the group itself, so members past PIM cannot be told',
    permission: 'GroupMember.Read.All',
  },
  requests: { what: 'reasons, tickets, requests that wait and past uses', permission: assignments },
  eligible: { what: 'who can turn on access', permission: eligibilities },
  grants: { what: 'why people can turn on access', permission: eligibilities },
}

const why: Record<WhyMissing, (permission: string) => string> = {
  permission: permission => `the application was not granted the permission ${permission} of Microsoft Graph`,
  role: () =>
    'Microsoft shows it to members and owners of the group and to holders of some roles only, e.g. Global Reader or Groups Administrator, and your account is none of these',
  'sign-in': permission => `Microsoft did not take your sign-in for it, or nobody consented to ${permission}`,
  silent: () => 'Microsoft does not answer right now',
  unreadable: () => 'Microsoft gave an answer that we cannot read whole',
}

const neededFor: Record<PeopleList, readonly ListName[]> = {
  on: ['active'],
  waiting: ['requests'],
  can: ['eligible'],
  ending: ['eligible', 'active'],
}

/** Whether a list of the page is whole: nothing that it is made of is missing at any of these gates. */
export const isWhole = (list: PeopleList, { people, silent }: Pick<PeopleAtGates, 'people' | 'silent'>): boolean =>
  silent.length === 0 && !people.some(({ missing }) => missing.some(each => neededFor[list].includes(each.list)))

/** What a list says that is empty because it cannot be seen. */
export const unseen: Empty = {
  title: 'This list cannot be shown whole.',
  detail: 'What is missing, and why, stands above.',
}

/** What cannot be shown of a gate and why, a sentence each. All other lists are whole. */
export const missingSentences = (people: readonly GatePeople[]): string[] =>
  people.flatMap(({ title, missing }) =>
    missing.map(({ list, why: reason }) => {
      const { what, permission } = lists[list]
      return `${title}: we cannot see ${what}, because ${why[reason](permission)}.`
    }),
  )
