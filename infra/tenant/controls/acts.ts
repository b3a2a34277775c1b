import type { InGroup } from '../directory/managed.ts'
import type { Wish } from '../directory/memberships.ts'
import { personBy } from '../directory/people.ts'
import { activate, activationsOf, cancel, decide, mayCancel } from '../pim/acts.ts'
import { refusalToDecide } from '../pim/approvers.ts'
import type { Pims } from '../pim/pim.ts'
import type { PolicyWish } from '../pim/policy.ts'
import { type RequestView, viewOf } from './request-view.ts'

export type ActivationWish = InGroup & { minutes: number; reason: string; ticket?: string | undefined }
export type PimControl = ReturnType<typeof pimControl>

const administrator = 'ada'
const member = { side: 'member' as const }

/**
 * Acts on PIM that skip all its checks, for tests and for the developer on the page. Each act leaves its request behind.
 * An act without a group is about the access group.
 */
export function pimControl(pims: Pims) {
  const of = (group: InGroup['group'] = 'members') => pims.of(group)
  return {
    setPolicy: ({ group, ...wish }: PolicyWish & InGroup) => of(group).policies.set(wish),

    /** Makes a person eligible until a moment, or for a year from now. A person who is eligible already gets the new end. */
    makeEligible(key: string, { group, ...wish }: InGroup & { until?: Date | undefined } = {}): void {
      const { clock, eligibilities, log } = of(group)
      const { until = inAYear(clock()) } = wish
      personBy(key)
      const present = eligibilities.now(key)
      if (present) eligibilities.moveEnd(present.id, until)
      const { id } = log.add({
        ...member,
        ...done(clock()),
        key,
        about: 'eligibility',
        action: present ? 'adminUpdate' : 'adminAssign',
        reason: 'made eligible by an administrator',
        length: { type: 'afterDateTime', until },
      })
      if (!present) eligibilities.add({ id, key, from: clock(), until })
    },

    endEligibility(key: string, { group }: InGroup = {}): void {
      const { clock, eligibilities, log } = of(group)
      const present = eligibilities.now(key)
      if (!present) throw new Error(`${personBy(key).name} is not eligible`)
      eligibilities.moveEnd(present.id, clock())
      const reason = 'no longer eligible'
      log.add({ ...removal(clock()), key, about: 'eligibility', reason, target: present.id })
    },

    /** Turns on access as if the person had used the portal: PIM checks eligibility only, and waits for an approval. */
    activate(key: string, { minutes, reason, ticket, group }: ActivationWish): RequestView {
      const pim = of(group)
      const { name } = personBy(key)
      if (!pim.eligibilities.now(key)) throw new Error(`${name} is not eligible`)
      if (activationsOf(pim, key).running) throw new Error(`${name} has turned on access already`)
      const length = { type: 'afterDuration' as const, duration: `PT${minutes}M`, ms: minutes * 60_000 }
      const ticketInfo = ticket ? { ticketNumber: ticket, ticketSystem: null } : undefined
      const request = activate(pim, { ...member, key, action: 'selfActivate', reason, ticket: ticketInfo, length })
      return viewOf(pims, request)
    },

    approve: (id: string, by: string, comment: string) => decideAs(pims, id, { by, approve: true, comment }),
    deny: (id: string, by: string, comment: string) => decideAs(pims, id, { by, approve: false, comment }),

    cancelRequest(id: string, by: string): void {
      personBy(by)
      const { request, pim } = requestBy(pims, id)
      if (!mayCancel(pim, request)) throw new Error('the request is over')
      cancel(pim, request)
    },

    assign(key: string, { group, ...wish }: Wish & InGroup): void {
      const { clock, log, memberships } = of(group)
      const { minutes, reason, how = 'assigned' } = wish
      const id = crypto.randomUUID()
      memberships.assign(key, { ...wish, id })
      const length = { type: 'afterDuration' as const, duration: `PT${minutes}M`, ms: minutes * 60_000 }
      const isOwn = how === 'activated'
      const action = isOwn ? ('selfActivate' as const) : ('adminAssign' as const)
      const facts = { ...member, ...done(clock()), id, target: id, key, about: 'assignment' as const, reason, length }
      log.add({ ...facts, action, by: isOwn ? key : administrator })
    },

    end(key: string, reason?: string, { group }: InGroup = {}): void {
      const { clock, log, memberships } = of(group)
      const [running] = memberships.instancesAt(clock()).filter(stay => stay.key === key)
      memberships.end(key, reason)
      log.add({ ...removal(clock()), key, about: 'assignment', reason, target: running?.id })
    },

    extend(key: string, { group, ...wish }: Omit<Wish, 'how' | 'id'> & InGroup): void {
      const { clock, log, memberships } = of(group)
      memberships.extend(key, wish)
      const [running] = memberships.instancesAt(clock()).filter(stay => stay.key === key)
      const length = { type: 'afterDateTime' as const, until: running?.until }
      const facts = { ...member, ...done(clock()), key, about: 'assignment' as const, length, target: running?.id }
      log.add({ ...facts, action: 'adminUpdate', reason: wish.reason })
    },

    /** Makes a person a member past PIM, without an instance and without an end. */
    addDirectly: (key: string, { group }: InGroup = {}) => of(group).memberships.addDirectly(key),
    /** Takes a person out of the group past PIM. The person's instance, if any, stays. */
    removeDirectly: (key: string, { group }: InGroup = {}) => of(group).memberships.removeDirectly(key),
  }
}

function decideAs(pims: Pims, id: string, decision: { by: string; approve: boolean; comment: string }): void {
  const { request, pim } = requestBy(pims, id)
  const problem = refusalToDecide(pim, request, personBy(decision.by).key)
  if (problem === 'own') throw new Error('nobody decides on their own request')
  if (problem === 'not-approver') throw new Error(`${personBy(decision.by).name} is not an approver`)
  if (problem === 'over') throw new Error('the request is over')
  decide(pim, request, decision)
}

function requestBy(pims: Pims, id: string) {
  const found = pims.find(id)
  if (!found) throw new Error(`there is no request '${id}'`)
  return found
}

const done = (at: Date) => ({ by: administrator, status: 'Provisioned', starts: at })

const removal = (at: Date) => ({
  ...member,
  by: administrator,
  action: 'adminRemove' as const,
  status: 'Revoked',
  starts: at,
  length: { type: 'notSpecified' as const },
})

const inAYear = (at: Date): Date => new Date(at.getTime() + 365 * 24 * 3_600_000)
