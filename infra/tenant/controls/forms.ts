import type { TenantState } from '../state.ts'
import { pimControl } from './acts.ts'

type Form = Record<string, string | string[]>

/** The acts of the forms on the administrator's page, by path. */
export function pimForms({ pim, clock }: TenantState): Record<string, (form: Form) => void> {
  const control = pimControl(pim)
  return {
    '/assign': form => control.assign(text(form, 'person'), wishIn(form)),
    '/extend': form => control.extend(text(form, 'person'), wishIn(form)),
    '/end': form => control.end(text(form, 'person'), text(form, 'reason') || undefined),
    '/policy': form => control.setPolicy(policyIn(form)),
    '/eligible': form => {
      const days = Number(text(form, 'days'))
      const until = days > 0 ? new Date(clock().getTime() + days * 24 * 3_600_000) : undefined
      control.makeEligible(text(form, 'person'), { until })
    },
    '/end-eligibility': form => control.endEligibility(text(form, 'person')),
    '/approve': form => control.approve(text(form, 'id'), text(form, 'by'), text(form, 'comment')),
    '/deny': form => control.deny(text(form, 'id'), text(form, 'by'), text(form, 'comment')),
  }
}

const text = (form: Form, name: string): string => String(form[name] ?? '')
const list = (form: Form, name: string): string[] => [form[name] ?? []].flat()

const wishIn = (form: Form) => ({ minutes: Number(text(form, 'minutes')), reason: text(form, 'reason') })

// A browser does not send an unticked box, so its absence means "off".
function policyIn(form: Form) {
  const approvers = list(form, 'approvers')
  const context = text(form, 'context')
  if (form.approval === 'on' && approvers.length === 0) throw new Error('approval needs somebody who may approve')
  return {
    maxMinutes: Number(text(form, 'maxMinutes')),
    reason: form.reason === 'on',
    ticket: form.ticket === 'on',
    context: context === '' ? (false as const) : context,
    approval: form.approval === 'on' ? { approvers } : (false as const),
  }
}
