import { z } from 'zod'
import {
  authorities,
  certificate,
  context,
  guid,
  host,
  onOff,
  roleValue,
  secrets,
  signingKeys,
  title,
  trustProxy,
  webhookSecrets,
} from './kinds.ts'
import { number, port, positive, seconds } from './number-kinds.ts'
import { graphUrl, origin, proxyUrl, redisUrl, webhookUrl } from './url-kinds.ts'

/** An example and the meaning of a setting, as `.env.example` and the lines of faults print them. */
export type Explanation = { example: string; meaning: string }

const explanations = new WeakMap<z.ZodType, Explanation>()
/** The explanation of a setting, by its schema. */
export const explanationOf = (schema: z.ZodType): Explanation | undefined => explanations.get(schema)
function explained<T extends z.ZodType>(schema: T, example: string, meaning: string): T {
  // A copy: two settings may have the same schema.
  const own = schema.clone() as T
  explanations.set(own, { example, meaning })
  return own
}

/** Every setting, by its name in the environment. A setting is required if it is neither `optional` nor has a default. */
export const settings = {
  BASE_URL: explained(
    origin,
    'https://admin.example.com',
    'public origin of this application, no path; the redirect URI is BASE_URL/auth/callback',
  ),
  HOST: explained(host.default('0.0.0.0'), '0.0.0.0', 'address to listen on'),
  PORT: explained(port.default(3000), '3000', 'port to listen on'),
  TRUST_PROXY: explained(
    trustProxy.optional(),
    '10.0.0.0/8',
    'proxies whose X-Forwarded-* headers count: a hop count or a list of addresses and CIDR blocks',
  ),
  ENTRA_TENANT_ID: explained(guid, '11111111-2222-4333-8444-555555555555', 'tenant (directory) id'),
  ENTRA_CLIENT_ID: explained(
    guid,
    '66666666-7777-4888-8999-aaaaaaaaaaaa',
    'application (client) id of the app registration',
  ),
  ENTRA_CLIENT_SECRET: explained(
    secrets(8, 2).optional(),
    'the Value column of Certificates & secrets (not its Secret ID)',
    'client secret of the app registration; two, comma-separated, while it is being changed: the one that works is used',
  ),
  ENTRA_CLIENT_CERTIFICATE: explained(
    certificate.optional(),
    'the output of: cat key.pem certificate.pem',
    'instead of a client secret: private key and certificate as PEM, the certificate uploaded to the app registration',
  ),
  ENTRA_FEDERATED_TOKEN_FILE: explained(
    z.string().optional(),
    '/var/run/secrets/azure/tokens/azure-identity-token',
    'instead of either: the file of a workload identity, whose token is read anew at each use',
  ),
  ENTRA_AUTHORITY: explained(
    origin.default('https://login.microsoftonline.com'),
    'https://login.microsoftonline.com',
    'sign-in host of the cloud, or the local tenant; each goes with the Graph of its cloud (see docs/settings.md)',
  ),
  ACCESS_GROUP_ID: explained(
    guid,
    'bbbbbbbb-cccc-4ddd-8eee-ffffffffffff',
    'object id of the PIM-managed group whose members may enter',
  ),
  ACCESS_GROUP_NAME: explained(
    title.optional(),
    'Payments administrators',
    'name of that group as people read it; the id when left out',
  ),
  ACCESS_ROLE: explained(
    roleValue.optional(),
    'Payments.Access',
    'app role that proves the membership instead of the group; ACCESS_GROUP_ID is then the group that carries the role',
  ),
  GATES_FILE: explained(
    z.string().optional(),
    '/etc/gatehouse/gates.json',
    'JSON file with more gates, each with a group or a role of its own (see docs/settings.md)',
  ),
  ADMIN_GROUP_ID: explained(
    guid.optional(),
    'cccccccc-dddd-4eee-8fff-000000000000',
    'object id of the group of the gate administrators; left out: there is no such gate',
  ),
  ADMIN_GROUP_NAME: explained(
    title.optional(),
    'Gatehouse administrators',
    'name of the group in ADMIN_GROUP_ID as people read it; the id when left out',
  ),
  AUDITOR_GROUP_ID: explained(
    guid.optional(),
    'dddddddd-eeee-4fff-8000-111111111111',
    'object id of the group of the gate auditors; left out: there is no such gate',
  ),
  AUDITOR_GROUP_NAME: explained(
    title.optional(),
    'Gatehouse auditors',
    'name of the group in AUDITOR_GROUP_ID as people read it; the id when left out',
  ),
  AUTH_CONTEXT_ID: explained(
    context.optional(),
    'c1',
    'authentication context that members must have satisfied in their session; it proves nothing unless an enabled policy protects it',
  ),
  ADMIN_AUTH_CONTEXT_ID: explained(
    context.optional(),
    'c2',
    'the same for administrators and auditors; AUTH_CONTEXT_ID when left out',
  ),
  GRAPH_BASE_URL: explained(
    graphUrl.default('https://graph.microsoft.com/v1.0'),
    'https://graph.microsoft.com/v1.0',
    'Microsoft Graph of the same cloud; left out beside a local tenant on a loopback host, its own',
  ),
  GRAPH_NOTIFICATIONS: explained(
    onOff.default(false),
    'off',
    'on: subscribe to changes of the group, so that removals are known within seconds',
  ),
  MEMBERSHIP_RECHECK_SECONDS: explained(
    seconds(15, 300).default(60),
    '60',
    'a membership proven longer ago is asked for again (15 to 300)',
  ),
  MEMBERSHIP_GRACE_SECONDS: explained(
    number(86_400).default(300),
    '300',
    'how long a proven membership still counts, past its re-check, while Entra cannot be asked; 0: not at all',
  ),
  MEMBERSHIP_ROSTER: explained(
    onOff.default(false),
    'off',
    "on: poll the group's active assignments with the application's own Graph permission",
  ),
  MEMBERSHIP_ROSTER_SECONDS: explained(seconds(5, 120).default(15), '15', 'how often the roster is polled (5 to 120)'),
  PIM_SELF_SERVICE: explained(
    onOff.default(false),
    'off',
    'on: people turn on their own access here; needs the delegated Graph permissions named in docs/permissions.md',
  ),
  HTTPS_PROXY: explained(
    proxyUrl.optional(),
    'http://proxy.example.com:3128',
    'the proxy that calls to Microsoft go through, with user:password@ before its host where it asks for them',
  ),
  NO_PROXY: explained(
    z.string().optional(),
    'login.example.com,.corp.example.com',
    'hosts that are called without that proxy, each with all below it, comma-separated; *: all',
  ),
  SESSION_SECRET: explained(
    secrets(32, 20),
    'the output of: openssl rand -base64 48',
    'signs and seals sessions, at least 32 characters; several, comma-separated: the first signs and seals, all verify and open',
  ),
  SESSION_IDLE_MINUTES: explained(
    positive(24 * 60).default(30),
    '30',
    'a session ends after so long without a request',
  ),
  SESSION_MAX_HOURS: explained(
    positive(24 * 7).default(10),
    '10',
    'a session ends so long after the sign-in, whatever happens',
  ),
  REDIS_URL: explained(
    redisUrl,
    'rediss://gatehouse:password@redis.example.com:6380',
    'the Redis that remembers the sessions: one address, or several, comma-separated, of a cluster or of sentinels',
  ),
  REDIS_CLUSTER: explained(onOff.default(false), 'off', 'on: the addresses in REDIS_URL are nodes of a Redis Cluster'),
  REDIS_SENTINEL_MASTER: explained(
    z
      .string()
      .regex(/^[\w.-]+$/, 'may hold letters, digits and . _ - only')
      .optional(),
    'mymaster',
    'the addresses in REDIS_URL are sentinels, and this is the name that they know the master by',
  ),
  REDIS_CA_FILE: explained(
    authorities.optional(),
    '/run/secrets/redis-ca.pem',
    'file with the certificates (PEM) of the authority that rediss:// is checked against, in place of those of the system',
  ),
  REDIS_PREFIX: explained(
    z
      .string()
      .min(1, 'must not be empty')
      .regex(/^[\w:.-]+$/, 'may hold letters, digits and : . _ - only')
      .default('gatehouse:'),
    'gatehouse:',
    'prefix of every key',
  ),
  AUDIT_KEEP_DAYS: explained(
    number(3650).pipe(z.number().min(1, 'must be at least 1')).default(400),
    '400',
    'how long the audit trail is kept, in days',
  ),
  AUDIT_WEBHOOK_URL: explained(
    webhookUrl.optional(),
    'https://siem.example.com/hooks/gatehouse',
    'each record of the audit trail is sent there, signed, at least once, in order; left out: nowhere',
  ),
  AUDIT_WEBHOOK_SECRET: explained(
    webhookSecrets.optional(),
    'the output of: echo "whsec_$(openssl rand -base64 32)"',
    'signs what is sent to AUDIT_WEBHOOK_URL; two, comma-separated, while it is being changed: both sign',
  ),
  AUDIT_SIGNING_KEY: explained(
    signingKeys.optional(),
    'the output of: openssl genpkey -algorithm ed25519',
    'Ed25519 private key (PEM) that signs the checkpoints of the audit trail; two, one after the other, while it is being changed; left out: they are not signed',
  ),
  METRICS_PORT: explained(port.optional(), '9464', 'port for Prometheus metrics; left out: no metrics'),
  LOG_LEVEL: explained(
    z
      .string()
      .toLowerCase()
      .pipe(
        z.enum(
          ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
          'must be a level of pino: fatal, error, warn, info, debug, trace or silent',
        ),
      )
      .default('info'),
    'info',
    'fatal, error, warn, info, debug, trace or silent',
  ),
  ENVIRONMENT_NAME: explained(
    z.string().trim().min(1, 'must not be empty').max(40, 'must have at most 40 characters').optional(),
    'Production',
    'shown on every page',
  ),
  ENVIRONMENT_COLOUR: explained(
    z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #a4262c')
      .optional(),
    '#a4262c',
    'colour of the line above that name',
  ),
  SHUTDOWN_GRACE_SECONDS: explained(
    seconds(1, 3600).default(25),
    '25',
    'time to finish requests after SIGTERM; for its first fifth new ones are still taken, so that the proxy notices',
  ),
} as const

const shape = z.object({ ...settings, REDIS_URL: settings.REDIS_URL.optional() })
const shapeWithRedis = shape.required({ REDIS_URL: true })
/** The settings as they are read, by their names in the environment. */
export type Settings = z.infer<typeof shape>

/** Reads all settings by their schemas. A demo may go without Redis: its sessions live in this process and end with it. */
export const parseSettings = (values: Record<string, unknown>, { demo }: { demo: boolean }) =>
  (demo ? shape : shapeWithRedis).safeParse(values)
