import { cloudHosts } from '../clouds.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import { type Found, groupIdIn } from './found.ts'
import { gatesOfFile, titleOf } from './gates-file.ts'

/**
 * A setting of the application. `note` is what its reader has to know. A setting with a `key` is secret: the manifests in
 * infra/container/kubernetes read it from this file of the Secret.
 */
export type SettingLine = { name: string; value: string; note?: string; key?: string }

/** What the application refuses as long as nobody has filled it in. */
const unfilled = (what: string) => `<${what}>`

/**
 * The settings that belong to tenant.json, in the order of `.env.example`. What neither the file nor the tenant knows is
 * there, too, as a placeholder that the application refuses.
 */
export function settingsOf(wish: TenantWish, found: Found): SettingLine[] {
  return [
    { name: 'BASE_URL', value: wish.baseUrl },
    { name: 'ENTRA_TENANT_ID', value: wish.tenant },
    { name: 'ENTRA_CLIENT_ID', value: found.clientId },
    credentialSetting(wish, found),
    ...addresses(wish, found),
    ...gateSettings(wish, found),
    ...features(wish),
    { name: 'SESSION_SECRET', value: unfilled('the output of: openssl rand -base64 48'), key: 'session-secret' },
    { name: 'REDIS_URL', value: unfilled('rediss://gatehouse:password@redis.example.com:6380'), key: 'redis-url' },
  ]
}

function credentialSetting({ credential }: TenantWish, { secret }: Found): SettingLine {
  switch (credential.kind) {
    case 'secret':
      return {
        name: 'ENTRA_CLIENT_SECRET',
        value: secret ?? unfilled('what apply showed once; another: npm run setup -- env --new-secret'),
        key: 'entra-client-secret',
      }
    case 'certificate':
      return {
        name: 'ENTRA_CLIENT_CERTIFICATE',
        value: unfilled(`private key and certificate as PEM, the output of: cat key.pem ${credential.file}`),
        key: 'entra-client-certificate',
      }
    case 'federated':
      return {
        name: 'ENTRA_FEDERATED_TOKEN_FILE',
        value: '/var/run/secrets/azure/tokens/azure-identity-token',
        note: `the file with the token of ${credential.subject}; this is where Azure’s workload identity puts it`,
      }
  }
}

/** The addresses of Microsoft, where they are not those of the global cloud, which are the defaults. */
function addresses(wish: TenantWish, { local }: Found): SettingLine[] {
  if (!local && wish.cloud === 'global') return []
  const hosts = cloudHosts[wish.cloud]
  const { authority, graphBaseUrl } = local ?? { authority: hosts.authority, graphBaseUrl: `${hosts.graph}/v1.0` }
  return [
    { name: 'ENTRA_AUTHORITY', value: authority },
    { name: 'GRAPH_BASE_URL', value: graphBaseUrl },
  ]
}

function gateSettings(wish: TenantWish, found: Found): SettingLine[] {
  const gate = (name: string) => wish.gates.find(each => each.name === name)
  const [members, administrators, auditors] = ['members', 'administrators', 'auditors'].map(gate)
  return [
    ...group('ACCESS', members, found),
    ...given('ACCESS_ROLE', members?.role),
    ...(gatesOfFile(wish).length > 0 ? [{ name: 'GATES_FILE', value: 'gates.json', note: howToMakeTheFile }] : []),
    ...group('ADMIN', administrators, found),
    ...group('AUDITOR', auditors, found),
    ...given('AUTH_CONTEXT_ID', members?.context),
    ...given('ADMIN_AUTH_CONTEXT_ID', administrators?.context ?? auditors?.context),
  ]
}
const howToMakeTheFile = 'made by: npm run setup --silent -- env --gates > gates.json'

const group = (of: string, gate: GateWish | undefined, found: Found): SettingLine[] =>
  gate
    ? [{ name: `${of}_GROUP_ID`, value: groupIdIn(found, gate.group) }, ...given(`${of}_GROUP_NAME`, titleOf(gate))]
    : []

const given = (name: string, value: string | undefined): SettingLine[] => (value === undefined ? [] : [{ name, value }])

const features = ({ features: on }: TenantWish): SettingLine[] =>
  [
    { name: 'GRAPH_NOTIFICATIONS', isOn: on.notifications },
    { name: 'MEMBERSHIP_ROSTER', isOn: on.roster },
    { name: 'PIM_SELF_SERVICE', isOn: on.selfService },
  ].flatMap(({ name, isOn }) => (isOn ? [{ name, value: 'on' }] : []))
