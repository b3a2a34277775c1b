import * as z from 'zod'
import { appRoleValues, type RoleAssignment, roleGroupKeys } from '../directory/app-roles.ts'
import type { InGroup } from '../directory/managed.ts'
import type { TenantState } from '../state.ts'
import { group } from '../switches/parts.ts'
import { pimControl } from './acts.ts'

type Form = Record<string, string | string[]>

/** The acts of the forms on the administrator's page, by path. */
export function pimForms({ pims, roles, clock }: TenantState): Record<string, (form: Form) => void> {
  const control = pimControl(pims)
  return {
    '/assign': form => control.assign(text(form, 'person'), wishIn(form)),
    '/extend': form => control.extend(text(form, 'person'), wishIn(form)),
    '/end': form => control.end(text(form, 'person'), text(form, 'reason') || undefined, groupIn(form)),
    '/policy': form => control.setPolicy(policyIn(form)),
    '/eligible': form => {
      const days = Number(text(form, 'days'))
      const until = days > 0 ? new Date(clock().getTime() + days * 24 * 3_600_000) : undefined
      control.makeEligible(text(form, 'person'), { until, ...groupIn(form) })
    },
    '/end-eligibility': form => control.endEligibility(text(form, 'person'), groupIn(form)),
    '/add-directly': form => control.addDirectly(text(form, 'person'), groupIn(form)),
    '/remove-directly': form => control.removeDirectly(text(form, 'person'), groupIn(form)),
    '/assign-role': form => roles.assign(roleIn(form)),
    '/unassign-role': form => roles.unassign(roleIn(form)),
    '/approve': form => control.approve(text(form, 'id'), text(form, 'by'), text(form, 'comment')),
    '/deny': form => control.deny(text(form, 'id'), text(form, 'by'), text(form, 'comment')),
  }
}

/** The role of a form, and its holder: `group:` or `person:`, and the key. Throws (zod) on a role that does not exist. */
function roleIn(form: Form): RoleAssignment {
  const role = z.enum(appRoleValues).parse(form.role)
  const [kind, key = ''] = text(form, 'holder').split(':')
  return kind === 'group' ? { role, group: z.enum(roleGroupKeys).parse(key) } : { role, person: key }
}

const text = (form: Form, name: string): string => String(form[name] ?? '')
const list = (form: Form, name: string): string[] => [form[name] ?? []].flat()

/** The group that a form names. Throws (zod) on one that PIM does not manage. */
const groupIn = (form: Form): InGroup => ({ group: group.optional().parse(form.group) })

const wishIn = (form: Form) => ({
  minutes: Number(text(form, 'minutes')),
  reason: text(form, 'reason'),
  ...groupIn(form),
})

// A browser does not send an unticked box, so its absence means "off".
function policyIn(form: Form) {
  const approvers = list(form, 'approvers')
  const context = text(form, 'context')
  if (form.approval === 'on' && approvers.length === 0) throw new Error('approval needs somebody who may approve')
  return {
    ...groupIn(form),
    maxMinutes: Number(text(form, 'maxMinutes')),
    reason: form.reason === 'on',
    ticket: form.ticket === 'on',
    context: context === '' ? (false as const) : context,
    approval: form.approval === 'on' ? { approvers } : (false as const),
  }
}
