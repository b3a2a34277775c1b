import { z } from 'zod'
import {
  contextId,
  file,
  gateName,
  guid,
  hours,
  instant,
  issuer,
  listOf,
  mail,
  months,
  nameOrId,
  objectOf,
  oneOf,
  onOff,
  origin,
  person,
  reason,
  roleValue,
} from './kinds.ts'

/** Microsoft's clouds, as tenant.json calls them. */
export const cloudNames = ['global', 'us-gcc-high', 'us-dod', 'china'] as const

/** How a group is kept from administrators of ordinary groups. */
export const protections = ['role-assignable', 'restricted-unit', 'none'] as const

const people = listOf(person).default([])

const context = objectOf({
  id: contextId,
  name: nameOrId,
  policy: nameOrId,
  /** Whether every request for it asks the person again, and no session answers for them. */
  everyTime: onOff.default(false),
})

const activation = objectOf({
  hours: hours.default(8),
  justification: onOff.default(true),
  ticket: onOff.default(false),
  context: contextId.optional(),
  approvers: objectOf({ users: people, groups: listOf(nameOrId).default([]) }).optional(),
  /** Who gets a mail when somebody turns on access, beside those who get it anyway. */
  notify: listOf(mail).default([]),
})

const assignment = objectOf({
  person,
  until: instant.optional(),
  permanent: onOff.default(false),
  justification: reason,
})

const gate = objectOf({
  name: gateName,
  title: nameOrId.optional(),
  group: nameOrId,
  protection: oneOf(protections).default('role-assignable'),
  /** The app role that proves the membership instead of the group claim. */
  role: roleValue.optional(),
  /** The authentication context that a session must have met to pass. */
  context: contextId.optional(),
  selfService: onOff.optional(),
  activation: activation.prefault({}),
  eligible: listOf(assignment).default([]),
  active: listOf(assignment).default([]),
})

const features = objectOf({
  roster: onOff.default(false),
  notifications: onOff.default(false),
  selfService: onOff.default(false),
  administration: onOff.default(false),
  /** The application checks the tenant's set-up daily. */
  findings: onOff.default(false),
})

const credential = z.discriminatedUnion(
  'kind',
  [
    objectOf({ kind: z.literal('secret'), months: months.default(6) }),
    objectOf({ kind: z.literal('certificate'), file }),
    objectOf({ kind: z.literal('federated'), issuer, subject: nameOrId }),
  ],
  {
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be an object whose kind is secret, certificate or federated',
  },
)

/** What tenant.json may say, each field by itself. What fields say together is judged in together.ts. */
export const tenantWish = objectOf({
  tenant: guid,
  cloud: oneOf(cloudNames).default('global'),
  name: nameOrId,
  baseUrl: origin,
  owners: people,
  frontDoor: oneOf(['strict', 'helpful']),
  /** The group of those who may turn on access, so that they can sign in; helpful front door only. */
  standingGroup: nameOrId.optional(),
  emergency: objectOf({ group: nameOrId.optional(), users: listOf(person).optional() }),
  contexts: listOf(context).default([]),
  /** The restricted administrative unit of gates that ask for one. */
  restrictedUnit: nameOrId.optional(),
  gates: listOf(gate),
  features: features.prefault({}),
  credential,
})

/** The tenant as somebody wants it: tenant.json, read and free of faults. Instants are ISO texts in UTC. */
export type TenantWish = z.output<typeof tenantWish>
/** A gate of it. */
export type GateWish = TenantWish['gates'][number]
/** An authentication context of it, with its policy. */
export type ContextWish = TenantWish['contexts'][number]
/** Somebody who is to be eligible or active at a gate. */
export type AssignmentWish = GateWish['eligible'][number]
