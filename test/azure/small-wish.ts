import { tenantId } from '../../infra/tenant/directory/ids.ts'

/** A tenant.json for the local tenant with little in it: one context, one gate, one person of each kind. */
export const smallWish = {
  tenant: tenantId,
  name: 'Gatehouse',
  baseUrl: 'https://admin.example.com',
  owners: ['ada@contoso.example'],
  frontDoor: 'helpful',
  standingGroup: 'Gatehouse sign-in',
  emergency: { group: 'Emergency access' },
  contexts: [{ id: 'c1', name: 'Privileged access', policy: 'Privileged access' }],
  gates: [
    {
      name: 'members',
      group: 'Payments administrators',
      context: 'c1',
      activation: { hours: 4, context: 'c1' },
      eligible: [{ person: 'ben@contoso.example', until: '2027-06-01', justification: 'Works with payments' }],
      active: [{ person: 'alice@contoso.example', until: '2027-03-01', justification: 'Runs the month-end' }],
    },
  ],
  features: { selfService: true },
  credential: { kind: 'federated', issuer: 'https://oidc.example.com', subject: 'system:serviceaccount:gatehouse:app' },
} as const

/** The same with another gate in it. */
export const withGate = (change: object): object => ({ ...smallWish, gates: [{ ...smallWish.gates[0], ...change }] })
