import * as z from 'zod'
import type { Pim } from '../pim/pim.ts'
import { policyWish } from '../pim/policy.ts'
import { pimControl } from './acts.ts'

const extension = z.strictObject({ person: z.string(), minutes: z.number().positive(), reason: z.string().min(1) })
const assignment = extension.extend({ how: z.enum(['assigned', 'activated']).optional() })
const activation = extension.extend({ ticket: z.string().min(1).optional() })
const someone = z.strictObject({ person: z.string() })
const ending = z.strictObject({ person: z.string(), reason: z.string().min(1).optional() })
const eligibility = z.strictObject({ person: z.string(), until: z.coerce.date().optional() })
const cancelling = z.strictObject({ id: z.string(), by: z.string() })
const decision = cancelling.extend({ comment: z.string().default('') })

/** The acts of the control surface on PIM, by path. Throws on a body of the wrong shape. */
export function pimActs(pim: Pim): Record<string, (body: unknown) => unknown> {
  const control = pimControl(pim)
  return {
    '/assign': body => {
      const { person, ...wish } = assignment.parse(body)
      control.assign(person, wish)
    },
    '/end': body => {
      const { person, reason } = ending.parse(body)
      control.end(person, reason)
    },
    '/extend': body => {
      const { person, ...wish } = extension.parse(body)
      control.extend(person, wish)
    },
    '/activate': body => {
      const { person, ...wish } = activation.parse(body)
      control.activate(person, wish)
    },
    '/policy': body => control.setPolicy(policyWish.parse(body)),
    '/eligible': body => {
      const { person, until } = eligibility.parse(body)
      control.makeEligible(person, { until })
    },
    '/end-eligibility': body => control.endEligibility(someone.parse(body).person),
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
