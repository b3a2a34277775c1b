import { z } from 'zod'
import { graphInstant, lowerGuid } from '../../entra/graph/shapes.ts'
import type { Fact } from './fact.ts'
import type { FactReading } from './reading.ts'

const texts = z
  .array(z.string())
  .nullish()
  .transform(list => list ?? [])
const flag = z
  .boolean()
  .nullish()
  .transform(is => is ?? false)
const claims = z
  .array(z.object({ name: z.string(), additionalProperties: texts }))
  .nullish()
  .transform(list => list ?? [])
const credentials = z
  .array(z.object({ keyId: z.string(), displayName: z.string().nullish(), endDateTime: graphInstant.nullish() }))
  .nullish()
  .transform(list => list ?? [])

const shape = z.object({
  id: lowerGuid,
  appId: lowerGuid,
  displayName: z.string().nullish(),
  signInAudience: z.string().nullish(),
  groupMembershipClaims: z.string().nullish(),
  web: z.object({
    redirectUris: texts,
    logoutUrl: z.string().nullish(),
    implicitGrantSettings: z.object({ enableIdTokenIssuance: flag, enableAccessTokenIssuance: flag }).nullish(),
  }),
  spa: z.object({ redirectUris: texts }).nullish(),
  publicClient: z.object({ redirectUris: texts }).nullish(),
  optionalClaims: z.object({ idToken: claims }).nullish(),
  appRoles: z
    .array(z.object({ id: lowerGuid, value: z.string().nullish(), isEnabled: flag, allowedMemberTypes: texts }))
    .nullish()
    .transform(list => list ?? []),
  requiredResourceAccess: z
    .array(
      z.object({ resourceAppId: lowerGuid, resourceAccess: z.array(z.object({ id: lowerGuid, type: z.string() })) }),
    )
    .nullish()
    .transform(list => list ?? []),
  passwordCredentials: credentials,
  keyCredentials: credentials,
})
/** The app registration. */
export type Registration = z.infer<typeof shape>

/** Reads the app registration of this client. Source: https://learn.microsoft.com/graph/api/application-get */
export const readRegistration = (reading: FactReading, clientId: string): Promise<Fact<Registration>> =>
  reading.one({
    what: 'the app registration',
    path: `/applications(appId='${clientId}')`,
    shape,
    needs: 'Application.Read.All',
  })
