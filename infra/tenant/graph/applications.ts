import type { Request } from 'express'
import { type Caller, demand } from '../caller.ts'
import { appRoles } from '../directory/app-roles.ts'
import { guidFrom } from '../directory/ids.ts'
import { refuse } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import { answerOne, type Row } from './pages.ts'

const readers = ['Application.Read.All', 'Application.ReadWrite.OwnedBy', 'Directory.Read.All']

/** The app's registration, found by its client id. It shows only the first three letters of a secret. */
export function showApplication(state: TenantState, request: Request, caller: Caller): Row {
  demand(caller, { delegated: [readers], application: [readers] })
  const { clientId } = state.registration
  if (String(request.params.appId).toLowerCase() !== clientId)
    return refuse(404, 'Request_ResourceNotFound', `Resource '${request.params.appId}' does not exist.`)
  const row = {
    id: guidFrom(`application ${clientId}`),
    appId: clientId,
    displayName: 'Gatehouse',
    appRoles: Object.entries(appRoles).map(([value, id]) => ({
      allowedMemberTypes: ['User'],
      description: value,
      displayName: value,
      id,
      isEnabled: true,
      origin: 'Application',
      value,
    })),
    passwordCredentials: state.credentials.secrets.map(({ id, value, from, until }) => ({
      customKeyIdentifier: null,
      displayName: 'made for this tenant',
      endDateTime: until.toISOString(),
      hint: value.slice(0, 3),
      keyId: id,
      secretText: null,
      startDateTime: from.toISOString(),
    })),
    keyCredentials: state.credentials.certificates.map(({ id, certificate }) => ({
      customKeyIdentifier: certificate.fingerprint.replaceAll(':', ''),
      displayName: certificate.subject,
      endDateTime: new Date(certificate.validTo).toISOString(),
      key: null,
      keyId: id,
      startDateTime: new Date(certificate.validFrom).toISOString(),
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
    })),
  }
  return answerOne(state, request, { context: 'applications', row })
}
