import type { Call } from '../call.ts'
import { contextCalls } from './contexts.ts'
import { policyCalls } from './policies.ts'
import { strengthCalls } from './strengths.ts'

const contexts = '/identity/conditionalAccess/authenticationContextClassReferences'
const policies = '/identity/conditionalAccess/policies'
const strengths = '/policies/authenticationStrengthPolicies'

const place = 'conditionalAccess'
const act = (kind: Call[3]['kind']): Call[3] => ({ kind, as: 'act' })

/** The calls about authentication contexts, authentication strengths and Conditional Access policies. */
export const conditionalAccessCalls: readonly Call[] = [
  ['get', contexts, place, { kind: 'authenticationContext', as: 'filtered' }, contextCalls.list],
  ['post', contexts, place, act('authenticationContext'), contextCalls.create],
  ['get', `${contexts}/:id`, place, { kind: 'authenticationContext', as: 'all' }, contextCalls.get],
  ['patch', `${contexts}/:id`, place, act('authenticationContext'), contextCalls.put],
  ['delete', `${contexts}/:id`, place, act('nothing'), contextCalls.remove],
  ['get', policies, place, { kind: 'accessPolicy', as: 'unexpanded' }, policyCalls.list],
  ['post', policies, place, act('accessPolicy'), policyCalls.create],
  ['get', `${policies}/:id`, place, { kind: 'accessPolicy', as: 'selected' }, policyCalls.get],
  ['patch', `${policies}/:id`, place, act('accessPolicy'), policyCalls.update],
  ['delete', `${policies}/:id`, place, act('nothing'), policyCalls.remove],
  ['get', strengths, place, { kind: 'strength', as: 'filtered' }, strengthCalls.list],
  ['post', strengths, place, act('strength'), strengthCalls.create],
  ['get', `${strengths}/:id`, place, { kind: 'strength', as: 'all' }, strengthCalls.get],
  ['patch', `${strengths}/:id`, place, act('strength'), strengthCalls.update],
  ['delete', `${strengths}/:id`, place, act('nothing'), strengthCalls.remove],
  ['post', `${strengths}/:id/updateAllowedCombinations`, place, act('combinations'), strengthCalls.recombine],
]
