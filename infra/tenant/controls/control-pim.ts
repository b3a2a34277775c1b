import * as z from 'zod'
import type { InGroup } from '../directory/managed.ts'
import type { Pims } from '../pim/pim.ts'
import { policyWish } from '../pim/policy.ts'
import { group } from '../switches/parts.ts'
import { pimControl } from './acts.ts'

const someone = z.strictObject({ person: z.string(), group: group.optional() })
const extension = someone.extend({ minutes: z.number().positive(), reason: z.string().min(1) })
const assignment = extension.extend({ how: z.enum(['assigned', 'activated']).optional() })
const activation = extension.extend({ ticket: z.string().min(1).optional() })
const ending = someone.extend({ reason: z.string().min(1).optional() })
const eligibility = someone.extend({ until: z.coerce.date().optional() })
const policy = policyWish.extend({ group: group.optional() })
const cancelling = z.strictObject({ id: z.string(), by: z.string() })
const decision = cancelling.extend({ comment: z.string().default('') })

/** The acts of the control surface on PIM, by path. Throws on a body of the wrong shape. */
export function pimActs(pims: Pims): Record<string, (body: unknown) => unknown> {
  const control = pimControl(pims)
  return {
    '/assign': body => {
      const { person, ...wish } = assignment.parse(body)
      control.assign(person, wish)
    },
    '/end': body => {
      const { person, reason, ...where } = ending.parse(body)
      control.end(person, reason, where)
    },
    '/extend': body => {
      const { person, ...wish } = extension.parse(body)
      control.extend(person, wish)
    },
    '/activate': body => {
      const { person, ...wish } = activation.parse(body)
      control.activate(person, wish)
    },
    '/policy': body => control.setPolicy(policy.parse(body)),
    '/eligible': body => {
      const { person, ...wish } = eligibility.parse(body)
      control.makeEligible(person, wish)
    },
    '/end-eligibility': body => onSomeone(control.endEligibility, body),
    '/add-directly': body => onSomeone(control.addDirectly, body),
    '/remove-directly': body => onSomeone(control.removeDirectly, body),
    '/approve': body => {
      const { id, by, comment } = decision.parse(body)
      control.approve(id, by, comment)
    },
    '/deny': body => {
      const { id, by, comment } = decision.parse(body)
      control.deny(id, by, comment)
    },
    '/cancel-request': body => {
      const { id, by } = cancelling.parse(body)
      control.cancelRequest(id, by)
    },
  }
}

function onSomeone(act: (key: string, where: InGroup) => void, body: unknown): void {
  const { person, ...where } = someone.parse(body)
  act(person, where)
}
