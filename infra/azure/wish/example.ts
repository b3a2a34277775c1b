/**
 * A tenant.json with every field that most tenants need: a gate for members, one for administrators, one for auditors,
 * one authentication context each for members and administrators. All names are invented.
 */
export function exampleWish(now: Date): object {
  const nextYear = new Date(now.getTime() + 360 * 86_400_000).toISOString().slice(0, 10)
  const inFiveMonths = new Date(now.getTime() + 150 * 86_400_000).toISOString().slice(0, 10)
  return {
    tenant: '11111111-2222-4333-8444-555555555555',
    cloud: 'global',
    name: 'Gatehouse',
    baseUrl: 'https://admin.example.com',
    owners: ['ada@contoso.example'],
    frontDoor: 'helpful',
    standingGroup: 'Gatehouse sign-in',
    emergency: { group: 'Emergency access' },
    contexts: [
      {
        id: 'c1',
        name: 'Privileged access',
        policy: 'Privileged access: phishing-resistant sign-in',
        everyTime: false,
      },
      {
        id: 'c2',
        name: 'Giving access to others',
        policy: 'Giving access to others: phishing-resistant sign-in, every time',
        everyTime: true,
      },
    ],
    gates: [
      {
        name: 'members',
        group: 'Payments administrators',
        protection: 'role-assignable',
        context: 'c1',
        selfService: true,
        activation: { hours: 8, justification: true, ticket: false, context: 'c1', notify: [] },
        eligible: [{ person: 'ben@contoso.example', until: nextYear, justification: 'Works with payments' }],
        active: [{ person: 'alice@contoso.example', until: inFiveMonths, justification: 'Runs the month-end' }],
      },
      {
        name: 'administrators',
        group: 'Access administrators',
        protection: 'role-assignable',
        context: 'c2',
        selfService: true,
        activation: {
          hours: 4,
          justification: true,
          ticket: false,
          context: 'c2',
          approvers: { users: ['lena@contoso.example'], groups: [] },
          notify: [],
        },
        eligible: [{ person: 'ada@contoso.example', until: nextYear, justification: 'Administers access' }],
        active: [],
      },
      {
        name: 'auditors',
        group: 'Access auditors',
        protection: 'role-assignable',
        context: 'c2',
        selfService: true,
        activation: { hours: 8, justification: true, ticket: false, context: 'c2', notify: [] },
        eligible: [{ person: 'oskar@contoso.example', until: nextYear, justification: 'Audits access to payments' }],
        active: [],
      },
    ],
    features: { roster: true, notifications: false, selfService: true, administration: true, findings: true },
    credential: { kind: 'secret', months: 6 },
  }
}
