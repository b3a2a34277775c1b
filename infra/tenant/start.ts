import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { forgetCalls, noCalls } from './calls.ts'
import { pimControl } from './controls/acts.ts'
import { giveOperatorToken } from './controls/operator.ts'
import { requestViews } from './controls/request-view.ts'
import { createRoles } from './directory/app-roles.ts'
import { createApplications } from './directory/applications.ts'
import { createConditionalAccess } from './directory/conditional-access.ts'
import { createDirectory } from './directory/directory.ts'
import { createGroups } from './directory/groups.ts'
import { clientId, groups as knownGroups, localClientSecret, tenantId } from './directory/ids.ts'
import { managedGroups } from './directory/managed.ts'
import { people } from './directory/people.ts'
import { usuallyPermitted } from './directory/registered/consent.ts'
import type { SeedWish } from './directory/registered/seeded.ts'
import { createNotifier, type Notifier } from './graph/notifications.ts'
import { graphBaseOf } from './graph/pages.ts'
import { createMemory, type Memory } from './memory.ts'
import { createPims } from './pim/pim.ts'
import { createServer } from './server.ts'
import type { TenantState } from './state.ts'
import { createStore } from './store.ts'
import { defaultSwitches, mark, turn, turnBack, unmark } from './switches/switches.ts'
import type { Tenant, TenantOptions } from './tenant.ts'
import { createCredentials } from './token/credentials.ts'
import { createKeyRing } from './token/keys.ts'

export type { Tenant, TenantOptions } from './tenant.ts'

/** Starts a local stand-in for one Entra tenant with one registered app. Reachable from this machine only. */
export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  const early = Promise.withResolvers<http.RequestListener>()
  // The state needs the port, so a call that arrives before the state exists waits for it.
  const server = http.createServer(async (request, response) => (await early.promise)(request, response))
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const memory = createMemory(options.stateFile)
  const state = await createState(options, options.origin ?? `http://127.0.0.1:${port}`, memory)
  const notifier = createNotifier(state)
  state.directory.onChange(notifier.look)
  const controls = {
    reset: () => reset(state, notifier),
    rollKeys: (how: 'add' | 'replace' = 'add') => state.keys.roll(how),
    tellLifecycle: notifier.tellLifecycle,
  }
  early.resolve(createServer(state, controls))
  const { origin, switches, directory, pims, calls, clientSecret, subscriptions } = state
  return {
    origin,
    graphBase: graphBaseOf(state),
    tenantId,
    clientId,
    clientSecret,
    groups: knownGroups,
    groupObjects: state.groups,
    managedGroups,
    people,
    switches,
    set: wish => turn(switches, wish),
    ...pimControl(pims),
    get requests() {
      return requestViews(pims)
    },
    disable: key => mark(switches, 'disabled', key),
    enable: key => unmark(switches, 'disabled', key),
    putInManyGroups: key => mark(switches, 'manyGroups', key),
    roles: state.roles,
    applications: state.applications,
    credentials: state.credentials,
    conditionalAccess: state.conditionalAccess,
    subscriptions,
    operatorToken: wish => giveOperatorToken(state, wish),
    mails: directory.mails,
    calls,
    ...controls,
    close: async () => {
      await close(server, notifier)
      memory.forget()
    },
  }
}

// Anybody can sign in here as anybody, so the tenant never listens on an address that other machines can reach.
function listen(server: http.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
}

async function createState(options: TenantOptions, origin: string, memory: Memory): Promise<TenantState> {
  const clock = options.clock ?? (() => new Date())
  const switches = defaultSwitches()
  turn(switches, options.switches ?? {})
  const empty = options.empty ?? false
  const conditionalAccess = createConditionalAccess({ clock, lagSeconds: () => switches.directoryLagSeconds, empty })
  const applications = createApplications({
    clock,
    lagSeconds: () => switches.directoryLagSeconds,
    seed: empty ? undefined : seedFrom(options),
  })
  const credentials = createCredentials({ applications, clock, clientId })
  const clientSecret = options.clientSecret ?? localClientSecret
  if (!empty) credentials.addSecret(clientSecret)
  const groups = createGroups({ clock, lagSeconds: () => switches.directoryLagSeconds, empty })
  const directory = createDirectory(clock, groups)
  return {
    origin,
    empty,
    clock,
    switches,
    clientSecret,
    applications,
    credentials,
    groups,
    directory,
    conditionalAccess,
    roles: createRoles(applications, clock),
    rolesAtSignIn: new Map(),
    pims: createPims({
      clock,
      switches,
      directory,
      isTargeted: context =>
        switches.contextsWithPolicy?.includes(context) ?? conditionalAccess.policiesOn(context).length > 0,
      more: options.eligible,
    }),
    keys: await createKeyRing(memory),
    store: createStore(clock, switches, memory),
    graphTokens: new Map(),
    subscriptions: new Map(),
    calls: noCalls(),
  }
}

function seedFrom({ redirectUris, frontChannelLogoutUrl, permitted }: TenantOptions): SeedWish {
  return {
    redirectUris: redirectUris ?? ['http://localhost/auth/callback', 'http://localhost/auth/signed-out'],
    frontChannelLogoutUrl,
    permitted: { ...usuallyPermitted, ...permitted },
  }
}

function reset(
  {
    switches,
    groups,
    directory,
    pims,
    applications,
    credentials,
    conditionalAccess,
    empty,
    clientSecret,
    rolesAtSignIn,
    store,
    calls,
    graphTokens,
    subscriptions,
  }: TenantState,
  notifier: Notifier,
): void {
  turnBack(switches)
  groups.reset()
  directory.reset()
  pims.reset()
  applications.reset()
  if (!empty) credentials.addSecret(clientSecret)
  rolesAtSignIn.clear()
  conditionalAccess.reset()
  store.clear()
  graphTokens.clear()
  subscriptions.clear()
  notifier.reset()
  forgetCalls(calls)
}

function close(server: http.Server, notifier: Notifier): Promise<void> {
  notifier.close()
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
