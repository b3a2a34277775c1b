import { calledInActivations } from '../directory/managed.ts'
import { personBy } from '../directory/people.ts'
import type { Pim } from './pim.ts'
import type { Length, PimRequest } from './requests.ts'

const ended = ['failed', 'denied', 'canceled', 'revoked']

/** The end of something that begins at that moment; undefined means never. */
export function endOf({ ms, until }: Length, from: Date): Date | undefined {
  return ms === undefined ? until : new Date(from.getTime() + ms)
}

/** Grants an activation after all checks and approvals: at once, or when its time has come. */
export function grant(pim: Pim, request: PimRequest): void {
  const { clock, switches } = pim
  const now = clock()
  const isLater = request.from !== undefined && request.from > now
  const from = isLater && request.from ? request.from : after(now, switches.provisioningSeconds)
  const forced = switches.forcedStatus
  delete switches.forcedStatus
  delete request.becomes
  request.completed = now
  request.status = forced ?? (isLater ? switches.futureStatus : from > now ? 'PendingProvisioning' : 'Provisioned')
  const takesEffect = !forced || (from > now && !ended.includes(forced.toLowerCase()))
  if (!takesEffect) return
  if (from > now) request.becomes = { at: from, status: 'Provisioned' }
  begin(pim, request, from)
}

function begin(pim: Pim, request: PimRequest, from: Date): void {
  const { clock, memberships, switches } = pim
  const { id, key, length, reason = '' } = request
  const until = endOf(length, from)
  const follows = memberships.plannedFor(key, clock()).some(stay => stay.until && stay.until <= from)
  const memberFrom = follows ? after(from, switches.seamGapSeconds) : from
  memberships.begin({ id, key, kind: 'activated', from, until, memberFrom })
  request.starts = from
  request.target = id
  const person = personBy(key)
  const subject = `${person.name} turned on access to ${calledInActivations(pim)}`
  if (until) memberships.notify(person, { subject, until, reason })
}

const after = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000)
