import type { AuthenticationStrengthPolicy } from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Graph } from '../graph/graph.ts'

/** The built-in strength that only passkeys, Windows Hello and certificates meet. Source: https://learn.microsoft.com/graph/api/resources/authenticationstrengths-overview */
export const phishingResistant = { id: '00000000-0000-0000-0000-000000000004', name: 'Phishing-resistant MFA' } as const

const resisting = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor']

/** Whether a strength lets nobody pass with a method that can be phished. */
export const isPhishingResistant = (strength: AuthenticationStrengthPolicy | null | undefined): boolean =>
  (strength?.allowedCombinations?.length ?? 0) > 0 &&
  strength?.allowedCombinations?.every(combination => resisting.includes(combination)) === true

/** Throws Stop where the tenant lacks the built-in strength, because policies would have nothing to ask for. */
export async function checkStrength(graph: Graph): Promise<void> {
  const found = await graph.find<AuthenticationStrengthPolicy>(
    `/policies/authenticationStrengthPolicies/${phishingResistant.id}`,
  )
  if (isPhishingResistant(found)) return
  throw new Stop(
    exits.failed,
    `This tenant has no authentication strength "${phishingResistant.name}" (${phishingResistant.id}), which every tenant with Entra ID P1 has. Nothing was changed: without it a policy cannot ask for a method that resists phishing.`,
  )
}
