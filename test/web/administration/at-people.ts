import { managedGroups, managedNames } from '../../../infra/tenant/directory/managed.ts'
import { type House, type HouseOptions, openHouse } from '../../support/house.ts'
import type { Visitor } from '../../support/visitor.ts'

/** The gates `administrators` and `auditors`, and the check that acts of administrators ask for. */
export const readers = {
  ADMIN_GROUP_ID: managedGroups.administrators,
  ADMIN_GROUP_NAME: managedNames.administrators,
  AUDITOR_GROUP_ID: managedGroups.auditors,
  AUDITOR_GROUP_NAME: managedNames.auditors,
  ADMIN_AUTH_CONTEXT_ID: 'c1',
}

/** A house in which access is looked at, ended and reviewed; the clock stands until it is moved. */
export const openPeople = ({ settings, ...more }: HouseOptions = {}) =>
  openHouse({
    now: '2026-03-02T12:00:00Z',
    ...more,
    settings: {
      PIM_SELF_SERVICE: 'on',
      MEMBERSHIP_ROSTER: 'on',
      SESSION_IDLE_MINUTES: '600',
      SESSION_MAX_HOURS: '48',
      ...readers,
      ...settings,
    },
  })

/** Somebody who reads who has access, with the check that their gate asks for. Only Ada is an administrator from the start. */
export async function reader(house: Pick<House, 'visitor'>, key = 'ada'): Promise<Visitor> {
  const visitor = await house.visitor(key)
  const asked = await visitor.follow('/people')
  const answer = await visitor.answer(asked, { method: 'passkey' })
  if (answer.status !== 200) throw new Error(`${key} does not see who has access: ${answer.status} ${answer.text}`)
  return visitor
}

/** Ends somebody's access at a gate, as the page does. */
export const endAccess = (
  by: Visitor,
  { person, gate = 'members', comment = 'The refund is paid' }: { person: string; gate?: string; comment?: string },
) => by.post('/people/end', { gate, person, comment, form: '' })

/** The rows of the list on a page, as texts. */
export const rowsOf = (text: string): string[] =>
  [...text.matchAll(/<tr role="row"[^>]*>\s*<th scope="row".*?<\/tr>/gs)].map(([row]) =>
    row
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
