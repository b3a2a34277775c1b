import { z } from 'zod'
import { lowerGuid } from '../../entra/graph/shapes.ts'
import type { Fact } from './fact.ts'
import type { FactReading } from './reading.ts'

const graphAppId = '00000003-0000-0000-c000-000000000000'

const enterpriseAppShape = z.object({
  id: lowerGuid,
  accountEnabled: z.boolean().nullable(),
  appOwnerOrganizationId: lowerGuid.nullable(),
  appRoleAssignmentRequired: z.boolean(),
})
/** The application as it stands in the tenant. */
export type EnterpriseApp = z.infer<typeof enterpriseAppShape>

const graphAppShape = z.object({
  id: lowerGuid,
  appRoles: z.array(z.object({ id: lowerGuid, value: z.string().nullable() })),
})
/** Microsoft Graph as it stands in the tenant, with the names of its application permissions. */
export type GraphApp = z.infer<typeof graphAppShape>

const assignmentShape = z.object({
  principalId: lowerGuid,
  principalType: z.string(),
  principalDisplayName: z.string().nullable(),
  resourceId: lowerGuid,
  appRoleId: lowerGuid,
})
/** Who has which role of which application. */
export type RoleAssignment = z.infer<typeof assignmentShape>

const consentShape = z.object({ consentType: z.string(), resourceId: lowerGuid, scope: z.string() })
/** Delegated permissions that somebody consented to, with blanks between them. */
export type Consent = z.infer<typeof consentShape>

const needs = 'Application.Read.All'

/** Reads the enterprise application. Source: https://learn.microsoft.com/graph/api/serviceprincipal-get */
export const readEnterpriseApp = (reading: FactReading, clientId: string): Promise<Fact<EnterpriseApp>> =>
  reading.one({
    what: 'the enterprise application',
    path: `/servicePrincipals(appId='${clientId}')`,
    shape: enterpriseAppShape,
    needs,
  })

/** Reads Microsoft Graph’s own place in the tenant. */
export const readGraphApp = (reading: FactReading): Promise<Fact<GraphApp>> =>
  reading.one({
    what: 'Microsoft Graph’s own enterprise application',
    path: `/servicePrincipals(appId='${graphAppId}')`,
    shape: graphAppShape,
    needs,
  })

/** Reads who is assigned to the application. */
export const readAssigned = (reading: FactReading, { id }: EnterpriseApp): Promise<Fact<RoleAssignment[]>> =>
  reading.all({
    what: 'who is assigned to the enterprise application',
    path: `/servicePrincipals/${id}/appRoleAssignedTo`,
    shape: assignmentShape,
    needs,
  })

/** Reads the application permissions that were granted to the application. */
export const readGranted = (reading: FactReading, { id }: EnterpriseApp): Promise<Fact<RoleAssignment[]>> =>
  reading.all({
    what: 'the application permissions that were granted',
    path: `/servicePrincipals/${id}/appRoleAssignments`,
    shape: assignmentShape,
    needs,
  })

/** Reads the consent to delegated permissions. */
export const readConsents = (reading: FactReading, { id }: EnterpriseApp): Promise<Fact<Consent[]>> =>
  reading.all({
    what: 'the consent to delegated permissions',
    path: `/oauth2PermissionGrants?$filter=${encodeURIComponent(`clientId eq '${id}'`)}`,
    shape: consentShape,
    needs: 'Directory.Read.All',
  })
