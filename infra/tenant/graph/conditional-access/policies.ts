import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import {
  type AccessPolicy,
  conditionsOf,
  type GrantControls,
  grantControlsOf,
  type PolicyConditions,
  type SessionControls,
} from '../../directory/access-policies.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filterIn, matching } from '../filter.ts'
import { answerOne, graphBaseOf, pageFrom, type Row } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { demandAdministrator, needsOf } from './needs.ts'
import { type PolicyWish, policyChange, policyCreation } from './policy-body.ts'
import { checkPolicy } from './policy-check.ts'
import { strengthRow } from './strengths.ts'
import { bodyOf } from './wish.ts'

const context = 'identity/conditionalAccess/policies'

/** Conditional Access policies. */
export const policyCalls = { list, create, get, update, remove }

function list(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.policies.read)
  const rows = state.conditionalAccess.policies.shown().map(policy => ({ row: policyRow(state, policy) }))
  const found = matching(rows, filterIn(request, ['id', 'displayName', 'state'])).map(({ row }) => row)
  return { body: pageFrom(state, request, { context, rows: found, pageSize: 100 }) }
}

function get(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.policies.read)
  return { body: answerOne(state, request, { context, row: policyRow(state, shownIn(state, request)) }) }
}

function create(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.policies.write)
  const wish = bodyOf(request, policyCreation)
  const policy = changed(
    {
      id: randomUUID(),
      templateId: null,
      displayName: wish.displayName,
      createdDateTime: state.clock().toISOString(),
      modifiedDateTime: null,
      state: wish.state,
      conditions: conditionsOf({}),
      grantControls: null,
      sessionControls: null,
    },
    wish,
  )
  checkPolicy(state, policy)
  state.conditionalAccess.policies.put(policy)
  return { status: 201, body: answerOne(state, request, { context, row: policyRow(state, policy) }) }
}

function update(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.policies.write)
  const { policies } = state.conditionalAccess
  const { id } = shownIn(state, request)
  const present = policies.now(id) ?? missing(id)
  const policy = changed(present, bodyOf(request, policyChange))
  checkPolicy(state, policy)
  policies.put({ ...policy, modifiedDateTime: state.clock().toISOString() })
  return { status: 204 }
}

function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.policies.write)
  const { id } = shownIn(state, request)
  state.conditionalAccess.policies.remove(id)
  return { status: 204 }
}

function shownIn(state: TenantState, { params }: Request): AccessPolicy {
  const named = String(params.id).toLowerCase()
  return state.conditionalAccess.policies.shown().find(({ id }) => id === named) ?? missing(named)
}

const missing = (id: string): never => refuse(404, 'ResourceNotFound', `The policy '${id}' does not exist.`)

/** The policy with the wish in it. Blocks are merged, lists are replaced, and null takes a block away. */
function changed(policy: AccessPolicy, { conditions, grantControls, sessionControls, ...wish }: PolicyWish) {
  const { displayName = policy.displayName, state = policy.state } = wish
  const given = conditions as Partial<PolicyConditions> | undefined
  return {
    ...policy,
    displayName,
    state,
    conditions: conditionsOf({
      ...policy.conditions,
      ...given,
      users: blockOf(policy.conditions.users, given?.users),
      applications: blockOf(policy.conditions.applications, given?.applications),
    }),
    grantControls: controlsOf(policy.grantControls, grantControls as Partial<GrantControls> | null | undefined),
    sessionControls: blockOf(policy.sessionControls, sessionControls as SessionControls | null | undefined),
  }
}

function blockOf<Block extends object>(present: Block | null, wish: Block | null | undefined): Block | null {
  if (wish === undefined) return present
  return wish && { ...present, ...wish }
}

function controlsOf(present: GrantControls | null, wish: Partial<GrantControls> | null | undefined) {
  const block = blockOf<Partial<GrantControls>>(present, wish)
  if (!block) return null
  const strength = block.authenticationStrength
  return grantControlsOf({ ...block, authenticationStrength: strength ? { id: strength.id.toLowerCase() } : null })
}

/** A policy as Graph shows it: with the whole strength in the place of its id. */
function policyRow(state: TenantState, policy: AccessPolicy): Row {
  const { grantControls } = policy
  if (!grantControls) return policy
  const id = grantControls.authenticationStrength?.id
  const strength = id === undefined ? undefined : state.conditionalAccess.strengths.now(id)
  const address = `${graphBaseOf(state)}/$metadata#${context}('${policy.id}')/grantControls/authenticationStrength/$entity`
  const authenticationStrength = strength ? strengthRow(state, strength) : null
  return {
    ...policy,
    grantControls: {
      ...grantControls,
      'authenticationStrength@odata.context': address,
      authenticationStrength,
    },
  }
}
