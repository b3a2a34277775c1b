import { managedGroups, managedNames } from '../../infra/tenant/directory/managed.ts'
import { type House, type HouseOptions, openHouse } from './house.ts'
import { type Visitor, wayOn } from './visitor.ts'

/**
 * A house in which Ada administers access to three gates, `members`, `administrators` and `auditors`. Acts need the context c1, which a
 * policy of the tenant protects with a passkey.
 */
export const openAdministration = ({ settings, ...more }: HouseOptions = {}) =>
  openHouse({
    now: '2026-03-02T12:00:00Z',
    ...more,
    settings: {
      ADMIN_GROUP_ID: managedGroups.administrators,
      ADMIN_GROUP_NAME: managedNames.administrators,
      AUDITOR_GROUP_ID: managedGroups.auditors,
      AUDITOR_GROUP_NAME: managedNames.auditors,
      ADMIN_AUTH_CONTEXT_ID: 'c1',
      SESSION_IDLE_MINUTES: '600',
      SESSION_MAX_HOURS: '48',
      ...settings,
    },
  })

/** An administrator who was checked a moment ago. */
export async function administrator(house: House, key = 'ada'): Promise<Visitor> {
  const visitor = await house.visitor(key)
  await checked(visitor)
  return visitor
}

/** Meets the administrators' check with a passkey, wherever the way to a page leads through it. */
export async function checked(visitor: Visitor, path = '/people/assign') {
  const asked = await visitor.follow(path)
  return /\/sign-in\/[^/]+$/.test(new URL(asked.at).pathname) ? visitor.answer(asked, { method: 'passkey' }) : asked
}

export const giving = {
  gate: 'members',
  kind: 'eligible',
  eligibleFor: String(90 * 24 * 60),
  activeFor: '480',
  reason: 'Joins the refunds rota, agreed with Lee Park',
}

/** The hidden and ticked fields of the form on a page, by their names. */
export function fieldsOn(text: string): Record<string, string> {
  const unescaped = (value: string) =>
    value
      .replaceAll('&#34;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
  const found = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, unescaped(value)]))
}

/** Sends the form for these people, and the preview of it. Returns the page that says what became of it. */
export async function give(visitor: Visitor, who: string, more: Record<string, string> = {}) {
  const preview = await visitor.post('/people/assign', { ...giving, who, ...more })
  const sent = await visitor.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })
  const receipt = await visitor.follow(wayOn(sent) ?? '')
  return Object.assign(receipt, { preview, sent })
}

/** What administrators asked of PIM about a person, oldest first. */
export const ordersAbout = ({ tenant }: House, key: string) =>
  tenant.requests
    .filter(
      each => each.key === key && each.action.startsWith('admin') && each.created >= new Date('2026-03-02T12:00:00Z'),
    )
    .map(({ action, about, status }) => `${action} ${about} ${status}`)
