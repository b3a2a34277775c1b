import { z } from 'zod'
import { graphInstant, lowerGuid } from '../../entra/graph/shapes.ts'
import type { Fact } from './fact.ts'
import type { FactReading } from './reading.ts'

const texts = z.array(z.string())
const addresses = z.object({ redirectUris: texts })
const credential = z.object({ startDateTime: graphInstant.nullish(), endDateTime: graphInstant.nullable() })
/** A key that Entra signs with says nothing of who the application is: only those that verify it are its credentials. */
const certificates = z
  .array(credential.extend({ usage: z.string().nullish() }))
  .transform(keys => keys.filter(({ usage }) => usage !== 'Sign'))

const shape = z.object({
  id: lowerGuid,
  appId: lowerGuid,
  signInAudience: z.string(),
  groupMembershipClaims: z.string().nullable(),
  isFallbackPublicClient: z.boolean().nullable(),
  web: addresses.extend({
    logoutUrl: z.string().nullable(),
    implicitGrantSettings: z
      .object({ enableIdTokenIssuance: z.boolean().nullable(), enableAccessTokenIssuance: z.boolean().nullable() })
      .nullable(),
  }),
  spa: addresses.nullable(),
  publicClient: addresses.nullable(),
  optionalClaims: z
    .object({ idToken: z.array(z.object({ name: z.string(), additionalProperties: texts })) })
    .nullable(),
  appRoles: z.array(
    z.object({ id: lowerGuid, value: z.string().nullable(), isEnabled: z.boolean(), allowedMemberTypes: texts }),
  ),
  passwordCredentials: z.array(credential),
  keyCredentials: certificates,
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

const federatedShape = z.object({ issuer: z.string(), subject: z.string() })

/** Reads whose tokens the registration takes in place of a secret. */
export const readFederated = (
  reading: FactReading,
  { id }: Registration,
): Promise<Fact<z.infer<typeof federatedShape>[]>> =>
  reading.all({
    what: 'the federated credentials of the app registration',
    path: `/applications/${id}/federatedIdentityCredentials`,
    shape: federatedShape,
    needs: 'Application.Read.All',
  })
