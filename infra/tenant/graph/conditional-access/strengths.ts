import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import * as z from 'zod'
import type { Caller } from '../../caller.ts'
import { combinationFrom, requirementsOf, type Strength } from '../../directory/strengths.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filterIn, matching } from '../filter.ts'
import { answerOne, graphBaseOf, pageFrom, type Row } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { demandAdministrator, needsOf } from './needs.ts'
import { bodyOf } from './wish.ts'

const context = 'policies/authenticationStrengthPolicies'

const name = z.string().min(1).max(256)
const combinations = z.array(z.string()).min(1)
const creation = z.object({
  displayName: name,
  description: z.string().nullish(),
  allowedCombinations: combinations,
  policyType: z.literal('custom').optional(),
})
const change = z.strictObject({ displayName: name.optional(), description: z.string().nullish() })
const recombination = z.strictObject({ allowedCombinations: combinations })

/** Authentication strengths. Those that every tenant has cannot be changed. */
export const strengthCalls = { list, create, get, update, remove, recombine }

function list(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.strengths.read)
  const rows = state.conditionalAccess.strengths.shown().map(strength => ({ row: strengthRow(state, strength) }))
  const found = matching(rows, filterIn(request, ['id', 'displayName', 'policyType'])).map(({ row }) => row)
  return { body: pageFrom(state, request, { context, rows: found, pageSize: 100 }) }
}

function get(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.strengths.read)
  const row = strengthRow(state, shownIn(state, request))
  return { body: answerOne(state, request, { context, row }) }
}

function create(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.strengths.write)
  const { displayName, description = null, allowedCombinations } = bodyOf(request, creation)
  const now = state.clock().toISOString()
  const strength: Strength = {
    id: randomUUID(),
    createdDateTime: now,
    modifiedDateTime: now,
    displayName,
    description,
    policyType: 'custom',
    ...combined(allowedCombinations),
  }
  state.conditionalAccess.strengths.put(strength)
  return { status: 201, body: answerOne(state, request, { context, row: strengthRow(state, strength) }) }
}

function update(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.strengths.write)
  const strength = changeable(state, request)
  const said = Object.entries(bodyOf(request, change)).filter(([, value]) => value !== undefined)
  put(state, { ...strength, ...Object.fromEntries(said) })
  return { status: 204 }
}

function recombine(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.strengths.write)
  const strength = changeable(state, request)
  const next = combined(bodyOf(request, recombination).allowedCombinations)
  put(state, { ...strength, ...next })
  const result = {
    '@odata.context': `${graphBaseOf(state)}/$metadata#microsoft.graph.updateAllowedCombinationsResult`,
    previousCombinations: strength.allowedCombinations,
    currentCombinations: next.allowedCombinations,
    conditionalAccessReferences: usersOfStrength(state, strength.id),
    additionalInformation: null,
  }
  return { body: result }
}

function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.strengths.write)
  const { id } = changeable(state, request)
  if (usersOfStrength(state, id).length > 0)
    refuse(400, 'BadRequest', 'An authentication strength that a Conditional Access policy names cannot be deleted.')
  state.conditionalAccess.strengths.remove(id)
  return { status: 204 }
}

function put({ clock, conditionalAccess }: TenantState, strength: Strength): void {
  conditionalAccess.strengths.put({ ...strength, modifiedDateTime: clock().toISOString() })
}

function combined(wished: readonly string[]): Pick<Strength, 'allowedCombinations' | 'requirementsSatisfied'> {
  const allowedCombinations = wished.map(
    each => combinationFrom(each) ?? refuse(400, 'BadRequest', `The combination '${each}' has an unknown method.`),
  )
  return { allowedCombinations, requirementsSatisfied: requirementsOf(allowedCombinations) }
}

/** The policies that demand a strength, by their ids. */
const usersOfStrength = ({ conditionalAccess }: TenantState, id: string): string[] =>
  conditionalAccess.policies
    .all()
    .filter(policy => policy.grantControls?.authenticationStrength?.id === id)
    .map(policy => policy.id)

function shownIn(state: TenantState, { params }: Request): Strength {
  const named = String(params.id).toLowerCase()
  const found = state.conditionalAccess.strengths.shown().find(({ id }) => id === named)
  return found ?? refuse(404, 'ResourceNotFound', `The authentication strength '${params.id}' does not exist.`)
}

function changeable(state: TenantState, request: Request): Strength {
  const { id } = shownIn(state, request)
  const strength = state.conditionalAccess.strengths.now(id)
  if (!strength) return refuse(404, 'ResourceNotFound', `The authentication strength '${id}' does not exist.`)
  if (strength.policyType === 'builtIn')
    refuse(400, 'BadRequest', 'An authentication strength that every tenant has cannot be changed.')
  return strength
}

/** A strength as Graph shows it. */
export const strengthRow = (state: TenantState, strength: Strength): Row => ({
  ...strength,
  'combinationConfigurations@odata.context': `${graphBaseOf(state)}/$metadata#${context}('${strength.id}')/combinationConfigurations`,
  combinationConfigurations: [],
})
