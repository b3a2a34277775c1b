import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { clientId, groups, localClientSecret, tenantId } from '../tenant/directory/ids.ts'
import { managedNames } from '../tenant/directory/managed.ts'
import { people } from '../tenant/directory/people.ts'
import { answering } from './answering.ts'
import { createFamily } from './family.ts'
import { freePort } from './ports.ts'
import { programPath, startRedis } from './redis-server.ts'
import { openRoundRobin } from './round-robin.ts'

/**
 * The demo: the application, the local tenant and a store on one machine, without any set-up, until Ctrl-C.
 * `--watch` starts the application anew whenever its source or its pages change, and shows its log.
 * `--replicas 3` starts three processes of the application, behind a proxy that asks each in turn.
 */
const values = options()
const { watch } = values
const replicaCount = Number(values.replicas)
if (process.env.NODE_ENV === 'production') {
  stop('This is a demo with people that anyone can be. It does not run with NODE_ENV=production.')
}
if (!(Number.isInteger(replicaCount) && replicaCount >= 1 && replicaCount <= 9))
  stop(`--replicas ${values.replicas} is not a number from 1 to 9`)
const areSeveral = replicaCount > 1
const hasRedis = programPath('redis-server') !== undefined
if (areSeveral && !hasRedis)
  stop(
    'Several replicas need a Redis that they share: install redis-server (Debian or Ubuntu: apt-get install redis-server).',
  )

const permissions = [
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'GroupMember.Read.All',
  'User.Read.All',
]
const wished = { app: 3000, tenant: 3001 }
const family = createFamily()

const ports = { app: await freePort(wished.app), tenant: await freePort(wished.tenant) }
const redis = hasRedis ? await startRedis() : undefined
if (redis) family.onEnd(redis.stop)
const baseUrl = `http://localhost:${ports.app}`
const authority = `http://127.0.0.1:${ports.tenant}`

const tenant = family.start(['infra/tenant/main.ts'], {
  TENANT_PORT: String(ports.tenant),
  TENANT_REDIRECT_URIS: `${baseUrl}/auth/callback,${baseUrl}/auth/signed-out`,
  TENANT_FRONT_CHANNEL_LOGOUT_URL: `${baseUrl}/auth/front-channel-logout`,
})
await answering(`${authority}/control`, tenant.isAlive)
// What the application itself may read there: docs/permissions.md.
await fetch(`${authority}/control/switches`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ appPermissions: permissions }),
})

const watched = ['src', 'views', 'infra/demo/gates.json'].map(path => `--watch-path=${path}`)
const watching = ['--watch', ...watched, '--watch-preserve-output']
const settings = {
  BASE_URL: baseUrl,
  HOST: '127.0.0.1',
  ENTRA_TENANT_ID: tenantId,
  ENTRA_CLIENT_ID: clientId,
  ENTRA_CLIENT_SECRET: localClientSecret,
  ENTRA_AUTHORITY: authority,
  GRAPH_BASE_URL: `${authority}/graph/v1.0`,
  ACCESS_GROUP_ID: groups.access,
  ACCESS_GROUP_NAME: managedNames.members,
  ADMIN_GROUP_ID: groups.administrators,
  ADMIN_GROUP_NAME: managedNames.administrators,
  // Giving and taking access asks for a passkey.
  ADMIN_AUTH_CONTEXT_ID: 'c1',
  AUDITOR_GROUP_ID: groups.auditors,
  AUDITOR_GROUP_NAME: managedNames.auditors,
  GATES_FILE: fileURLToPath(new URL('gates.json', import.meta.url)),
  PIM_SELF_SERVICE: 'on',
  // So that access which is given or ended at the tenant itself is seen, too.
  MEMBERSHIP_ROSTER: 'on',
  ENVIRONMENT_NAME: 'Demo',
  ENVIRONMENT_COLOUR: '#8a5a00',
  SESSION_SECRET: randomBytes(48).toString('base64'),
  AUDIT_SIGNING_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  SHUTDOWN_GRACE_SECONDS: '1',
  LOG_LEVEL: watch ? 'info' : 'warn',
  ...(redis && { REDIS_URL: redis.url }),
}
/** The application writes the lines of the trail whatever LOG_LEVEL says. Here they would hide what the demo has to say. */
const isOfTrail = (line: string) => /"event":"audit(-checkpoint)?"/.test(line)
const started = (port: number) =>
  family.start(
    [...(watch ? watching : []), 'src/main.ts', '--demo'],
    { ...settings, PORT: String(port) },
    { again: areSeveral, ...(!watch && { hides: isOfTrail }) },
  )
const replicas = areSeveral ? await behindProxy(replicaCount) : [{ port: ports.app, app: started(ports.app) }]
await Promise.all(replicas.map(({ port, app }) => answering(`http://localhost:${port}/health/ready`, app.isAlive)))
introduce()

async function behindProxy(count: number) {
  const own = await Promise.all(Array.from({ length: count }, () => freePort()))
  const proxy = await openRoundRobin(ports.app)
  family.onEnd(() => proxy[Symbol.asyncDispose]())
  proxy.lead(own.map(port => `http://127.0.0.1:${port}`))
  return own.map(port => ({ port, app: started(port) }))
}

function introduce() {
  const names = { app: 'application', tenant: 'tenant' } as const
  const moved = (Object.keys(names) as (keyof typeof names)[])
    .filter(name => ports[name] !== wished[name])
    .map(name => `\n  Port ${wished[name]} was taken, so the ${names[name]} is on ${ports[name]}.`)
  const shown = replicas.map(({ port, app }) => `port ${port} (process ${app.pid()})`).join(', ')
  const lines = [
    `application   ${baseUrl}`,
    `local tenant  ${authority}/pim   (stands in for Microsoft Entra ID and PIM: give and end access, set the policy, approve, read the mails)`,
    `store         ${redis ? `a private redis-server on port ${redis.port}` : 'inside the application, gone when it stops (install redis-server for a real one)'}`,
    ...(areSeveral ? [`replicas      ${shown}: each asked in turn, started anew when it ends`] : []),
  ]
  console.log(`
Gatehouse is open

${lines.map(line => `  ${line}`).join('\n')}
${moved.join('')}
At the application's address the tenant asks who you are. You can be

${people.map(({ name, meets }) => `  ${name.padEnd(19)}${meets}`).join('\n')}

There are four gates: ${managedNames.members}, ${managedNames.operators}, ${managedNames.administrators} and
${managedNames.auditors}.
Alice and Ben may turn on access as operators, Lena as an auditor: My access offers it to them.
Ada administers access (sign in with a passkey when asked): Give access lets her bring Oskar in.
src/pages.ts says which pages each gate opens, and docs/pages.md adds a page for operators.

Ctrl-C stops all of it.
`)
}

function options() {
  try {
    const known = {
      watch: { type: 'boolean', default: false },
      replicas: { type: 'string', default: '1' },
    } as const
    return parseArgs({ options: known }).values
  } catch (error) {
    return stop((error as Error).message)
  }
}

function stop(why: string): never {
  console.error(why)
  process.exit(1)
}
