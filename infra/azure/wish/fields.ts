import type { WishFault } from './fault.ts'

/**
 * Every field of tenant.json with an example, as JSON. Members of a list are written `[]`. The fields that an object
 * knows, and their order, are read from here, too.
 */
const fieldExamples: Record<string, string> = {
  tenant: '"11111111-2222-4333-8444-555555555555"',
  cloud: '"global"',
  name: '"Gatehouse"',
  baseUrl: '"https://admin.example.com"',
  owners: '["ada@contoso.example"]',
  'owners[]': '"ada@contoso.example"',
  frontDoor: '"helpful"',
  standingGroup: '"Gatehouse sign-in"',
  emergency: '{ "group": "Emergency access" }',
  'emergency.group': '"Emergency access"',
  'emergency.users': '["emergency1@contoso.example"]',
  'emergency.users[]': '"emergency1@contoso.example"',
  contexts: '[{ "id": "c1", "name": "Privileged access", "policy": "Privileged access" }]',
  'contexts[]': '{ "id": "c1", "name": "Privileged access", "policy": "Privileged access" }',
  'contexts[].id': '"c1"',
  'contexts[].name': '"Privileged access"',
  'contexts[].policy': '"Privileged access: phishing-resistant sign-in"',
  'contexts[].everyTime': 'false',
  restrictedUnit: '"Gatehouse groups"',
  gates: '[{ "name": "members", "group": "Payments administrators" }]',
  'gates[]': '{ "name": "members", "group": "Payments administrators" }',
  'gates[].name': '"members"',
  'gates[].title': '"Payments administrators"',
  'gates[].group': '"Payments administrators"',
  'gates[].protection': '"role-assignable"',
  'gates[].role': '"Payments.Access"',
  'gates[].context': '"c1"',
  'gates[].selfService': 'true',
  'gates[].activation': '{ "hours": 8, "context": "c1" }',
  'gates[].activation.hours': '8',
  'gates[].activation.justification': 'true',
  'gates[].activation.ticket': 'false',
  'gates[].activation.context': '"c1"',
  'gates[].activation.approvers': '{ "users": ["lena@contoso.example"] }',
  'gates[].activation.approvers.users': '["lena@contoso.example"]',
  'gates[].activation.approvers.users[]': '"lena@contoso.example"',
  'gates[].activation.approvers.groups': '["Access approvers"]',
  'gates[].activation.approvers.groups[]': '"Access approvers"',
  'gates[].activation.notify': '["security@contoso.example"]',
  'gates[].activation.notify[]': '"security@contoso.example"',
  ...assignmentExamples('gates[].eligible'),
  ...assignmentExamples('gates[].active'),
  features: '{ "selfService": true }',
  'features.roster': 'true',
  'features.notifications': 'false',
  'features.selfService': 'true',
  'features.administration': 'true',
  'features.findings': 'true',
  credential: '{ "kind": "secret", "months": 6 }',
  'credential.kind': '"secret"',
  'credential.months': '6',
  'credential.file': '"certificate.pem"',
  'credential.issuer': '"https://oidc.example.com/cluster"',
  'credential.subject': '"system:serviceaccount:gatehouse:gatehouse"',
}

function assignmentExamples(path: string): Record<string, string> {
  const whole = '{ "person": "ben@contoso.example", "until": "2027-11-29", "justification": "Works with payments" }'
  return {
    [path]: `[${whole}]`,
    [`${path}[]`]: whole,
    [`${path}[].person`]: '"ben@contoso.example"',
    [`${path}[].until`]: '"2027-11-29"',
    [`${path}[].permanent`]: 'true',
    [`${path}[].justification`]: '"Works with payments"',
  }
}

const patternOf = (path: string): string => path.replace(/\[\d+\]/g, '[]')

/** An example of a field, as JSON; undefined where there is no such field. */
export const exampleOfField = (path: string): string | undefined => fieldExamples[patternOf(path)]

/** The names of the fields that the object at this path may have. */
export function fieldsAt(path: string): string[] {
  const before = path === '' ? '' : `${patternOf(path)}.`
  return Object.keys(fieldExamples).flatMap(field => {
    const rest = field.startsWith(before) ? field.slice(before.length) : ''
    return /^\w+$/.test(rest) ? [rest] : []
  })
}

/** Every field, as a pattern. */
export const everyField = (): string[] => Object.keys(fieldExamples)

/** A fault of a field, with its example. */
export const faultAt = (path: string, wrong: string): WishFault => ({ path, wrong, example: exampleOfField(path) })
