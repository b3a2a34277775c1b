import { type HouseOptions, openHouse } from '../support/house.ts'
import type { Visitor } from '../support/visitor.ts'

/** A house where people turn on their own access. */
export const openSelfService = ({ settings, ...options }: HouseOptions = {}) =>
  openHouse({ ...options, settings: { PIM_SELF_SERVICE: 'on', ...settings } })

/** The hidden field or the link that says where the form leads. */
export const valueOf = (html: string, name: string): string =>
  new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? ''

const wish = { reason: 'Refund 8841, approved by Lee', minutes: '60' }

/** Presses "Turn on access" on the refused page of a path; ends where the browser does, at the passkey page at the latest. */
export async function turnOn(visitor: Visitor, path: string, more: Record<string, string> = {}) {
  const sent = await visitor.post('/access', { ...wish, returnTo: path, ...more })
  return sent.headers.location ? visitor.follow(sent.headers.location) : Object.assign(sent, { at: '' })
}

/** The same, and touches the passkey where it is asked for. */
export async function turnOnWithPasskey(visitor: Visitor, path: string, more: Record<string, string> = {}) {
  const asked = await turnOn(visitor, path, more)
  return /\/sign-in\/[^/]+$/.test(new URL(asked.at).pathname) ? visitor.answer(asked, { method: 'passkey' }) : asked
}
