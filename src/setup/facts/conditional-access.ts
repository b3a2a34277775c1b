import { z } from 'zod'
import { word } from '../../entra/graph/shapes.ts'
import type { Fact } from './fact.ts'
import type { FactReading } from './reading.ts'

const texts = z.array(z.string())
const ids = z.array(word)

const contextShape = z.object({ id: word, isAvailable: z.boolean().nullable() })
/** An authentication context. Apps and PIM may name it once it is available. */
export type PublishedContext = z.infer<typeof contextShape>

const strengthShape = z.object({ id: word, displayName: z.string().nullish(), allowedCombinations: texts })
/** An authentication strength, with the combinations of methods that satisfy it. */
export type AuthenticationStrength = z.infer<typeof strengthShape>

const usersShape = z.object({
  includeUsers: ids,
  excludeUsers: ids,
  includeGroups: ids,
  excludeGroups: ids,
  excludeRoles: ids,
  excludeGuestsOrExternalUsers: z.unknown().optional(),
})
const grantShape = z.object({
  operator: z.string().nullable(),
  builtInControls: ids,
  customAuthenticationFactors: texts,
  termsOfUse: texts,
  // The schema does not say how Graph shows a strength here: it may be whole, an id alone, or nothing.
  authenticationStrength: strengthShape.partial({ allowedCombinations: true }).nullish().catch(undefined),
})
const frequencyShape = z.object({ isEnabled: z.boolean().nullish(), frequencyInterval: word.nullish() })

const policyShape = z.object({
  displayName: z.string(),
  state: word,
  conditions: z
    .object({
      clientAppTypes: ids,
      applications: z.object({ includeAuthenticationContextClassReferences: ids }).nullable(),
      users: usersShape.nullable(),
    })
    .loose(),
  grantControls: grantShape.nullable(),
  sessionControls: z.object({ signInFrequency: frequencyShape.nullish() }).nullable(),
})
/** A Conditional Access policy. */
export type AccessPolicy = z.infer<typeof policyShape>

const needs = 'Policy.Read.All'

/** Reads the authentication contexts. Graph selects and pages nothing here. */
export const readContexts = (reading: FactReading): Promise<Fact<PublishedContext[]>> =>
  reading.all({
    what: 'the authentication contexts',
    path: '/identity/conditionalAccess/authenticationContextClassReferences',
    shape: contextShape,
    needs: 'Policy.Read.ConditionalAccess or AuthenticationContext.Read.All',
  })

/** Reads the Conditional Access policies. */
export const readAccessPolicies = (reading: FactReading): Promise<Fact<AccessPolicy[]>> =>
  reading.all({
    what: 'the Conditional Access policies',
    path: '/identity/conditionalAccess/policies',
    shape: policyShape,
    needs,
  })

/** Reads the authentication strengths, those of the tenant too. */
export const readStrengths = (reading: FactReading): Promise<Fact<AuthenticationStrength[]>> =>
  reading.all({
    what: 'the authentication strengths',
    path: '/policies/authenticationStrengthPolicies',
    shape: strengthShape,
    needs,
  })
