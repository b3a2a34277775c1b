import { observations } from '../../src/labels.ts'
import { trailKeys } from '../../src/session/ledger/trail-keys.ts'
import { scopeOf } from '../../src/session/scope.ts'
import { type House, type HouseOptions, openHouse } from './house.ts'
import { type Visitor, wayOn } from './visitor.ts'

/** A house where people turn on their own access, at a fixed time. */
export const openSelfService = ({ settings, ...options }: HouseOptions = {}) =>
  openHouse({
    now: '2026-03-02T12:00:00Z',
    ...options,
    settings: { PIM_SELF_SERVICE: 'on', SESSION_IDLE_MINUTES: '600', SESSION_MAX_HOURS: '48', ...settings },
  })

export const wish = { reason: 'Refund 8841, approved by Lee', minutes: '60' }

const isTenantPage = (at: string) => at !== '' && /\/sign-in\/[^/]+$/.test(new URL(at).pathname)

/** Sends the form on the refused page of a path, and follows it to the end, or to the tenant's passkey page. */
export async function turnOn(visitor: Visitor, path = '/', more: Record<string, string | string[]> = {}) {
  const sent = await visitor.post('/access', { ...wish, returnTo: path, ...more })
  const next = wayOn(sent)
  return next ? visitor.follow(next) : Object.assign(sent, { at: '' })
}

/** Sends that form, too, and touches the passkey where the tenant asks for it. */
export async function turnOnWithPasskey(visitor: Visitor, path = '/', more: Record<string, string | string[]> = {}) {
  const asked = await turnOn(visitor, path, more)
  return isTenantPage(asked.at) ? visitor.answer(asked, { method: 'passkey' }) : asked
}

/** The progress as the progress page's script reads it. */
export const progressOf = async (visitor: Visitor) => (await visitor.fetch('/access/turning-on/state')).body

/** Lets time pass, a second at a time, until the progress is at this step. Returns the seconds. Fails after `atMostSeconds`. */
export async function until(house: House, visitor: Visitor, step: string, atMostSeconds = 60) {
  for (let seconds = 0; seconds <= atMostSeconds; seconds++) {
    const progress = await progressOf(visitor)
    if (progress.step === step) return seconds
    house.clock.advance({ seconds: 1 })
  }
  throw new Error(`not ${step} within ${atMostSeconds} seconds`)
}

/** Somebody who has turned on access and is in. */
export async function someoneIn(house: House, key = 'ben', more: Record<string, string | string[]> = {}) {
  const visitor = await house.visitor(key)
  await turnOnWithPasskey(visitor, '/', more)
  await until(house, visitor, 'in')
  await visitor.follow('/access/turning-on')
  return visitor
}

/** The stream of the audit trail in Redis. */
export const recordsOf = ({ config, prefix }: House) => trailKeys({ prefix, mark: scopeOf(config).app }).records

/** All records of the audit trail, oldest first, with the names of people put back. */
async function wholeTrailOf({ services }: House) {
  await services.observations.settled()
  const kept = await services.ledger.read({}, { count: 10_000 })
  // As loose as what a reader of the stored text would have.
  return kept.map(({ record }) => JSON.parse(JSON.stringify(record)))
}
const isObservation = ({ event }: { event: string }) => observations.some(each => each === event)

/** What people did, as the audit trail has it: all records but those of what was seen. */
export const trailOf = async (house: House) => (await wholeTrailOf(house)).filter(each => !isObservation(each))

/** What was seen, as the audit trail has it; of these events alone, where they are given. */
export const observedIn = async (house: House, ...events: string[]) =>
  (await wholeTrailOf(house)).filter(
    each => isObservation(each) && (events.length === 0 || events.includes(each.event)),
  )

/** The requests by which a person turned access on at PIM. */
export const askedOf = ({ tenant }: House, key = 'ben') =>
  tenant.requests.filter(request => request.key === key && request.action === 'selfActivate')
