import type { Request } from 'express'
import { type Caller, demand } from '../caller.ts'
import { guidFrom, tenantId } from '../directory/ids.ts'
import type { TenantState } from '../state.ts'
import type { Call } from './call.ts'
import { graphBaseOf, pageFrom } from './pages.ts'
import type { GraphReply } from './reply.ts'

const licenceReaders = ['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All']
const readers = ['Organization.Read.All', 'Directory.Read.All']

/** What the organization has bought: one product with the service plans that the switch names. */
function listLicences(state: TenantState, _request: Request, caller: Caller): GraphReply {
  demand(caller, { delegated: [licenceReaders], application: [licenceReaders] })
  const skuId = guidFrom('licence')
  const product = {
    id: `${tenantId}_${skuId}`,
    accountId: tenantId,
    accountName: 'contoso',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: 5,
    prepaidUnits: { enabled: 25, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: state.switches.servicePlans.map(servicePlanName => ({
      servicePlanId: guidFrom(`service plan ${servicePlanName}`),
      servicePlanName,
      provisioningStatus: 'Success',
      appliesTo: 'User',
    })),
    skuId,
    skuPartNumber: 'ENTRA_ID',
    subscriptionIds: [guidFrom('licence bought')],
  }
  return { body: { '@odata.context': `${graphBaseOf(state)}/$metadata#subscribedSkus`, value: [product] } }
}

function listOrganization(state: TenantState, request: Request, caller: Caller): GraphReply {
  demand(caller, { delegated: [['User.Read', ...readers]], application: [readers] })
  const row = {
    id: tenantId,
    displayName: 'Contoso',
    tenantType: 'AAD',
    createdDateTime: '2020-01-01T00:00:00Z',
    verifiedDomains: [
      { name: 'contoso.example', type: 'Managed', isDefault: true, isInitial: false, capabilities: '' },
    ],
  }
  return { body: pageFrom(state, request, { context: 'organization', rows: [row], pageSize: 100 }) }
}

/** The calls about the organization and its licences. */
export const organizationCalls: readonly Call[] = [
  ['get', '/organization', 'organization', { kind: 'organization', as: 'list' }, listOrganization],
  ['get', '/subscribedSkus', 'organization', { kind: 'subscribedSku', as: 'all' }, listLicences],
]
