import type { Clock } from '../clock.ts'
import type { Credential } from '../config/credential.ts'
import type { Config } from '../config/load.ts'
import type { Meter } from '../meter/meter.ts'
import type { Log } from '../observability.ts'
import { createNamesOfMany } from './directory/names-of-many.ts'
import { createCredentialExpiry } from './graph/credential-expiry.ts'
import { createGraph } from './graph/graph.ts'
import { createGroupListing } from './graph/group-listing.ts'
import { createSubscriptions } from './graph/subscriptions.ts'
import { createAppToken } from './oidc/app-token.ts'
import { createCredentials } from './oidc/credentials.ts'
import { createLoading } from './oidc/loading.ts'
import { createOidc } from './oidc/oidc.ts'
import { createGroupRequests } from './pim/group-requests.ts'

/** The application's ways to Microsoft: Entra for tokens, Graph for the group, each call counted and timed. */
export function createMicrosoft({
  config,
  clock,
  log,
  meter,
}: {
  config: Config
  clock: Clock
  log: Log
  meter: Pick<Meter, 'secretRefused' | 'entra' | 'graph' | 'rosterPolled'>
}) {
  const credentials = createCredentials(config.entra.credential, { log, onRefusal: meter.secretRefused })
  const oidc = createOidc({ config, clock, credentials, observe: meter.entra })
  const graph = createGraph({ config, observe: meter.graph })
  const appToken = createAppToken({ oidc, clock, graphBaseUrl: config.graph.baseUrl })
  const namesOfMany = createNamesOfMany({ graph, clock })
  const { clientId } = config.entra
  const loading = createLoading({ oidc, log })
  const expiry = createCredentialExpiry({ clock, credentials, clientId, graph, token: appToken.get, log })
  return {
    credentials,
    oidc,
    graph,
    appToken,
    /** The lists of a gate's group, the requests about it, and the subscriptions to its changes. */
    groupOf: ({ name, groupId }: { name: string; groupId: string }) => ({
      list: createGroupListing({ graph, appToken, groupId, observe: result => meter.rosterPolled(name, result) }),
      requests: createGroupRequests({ graph, appToken, groupId }),
      subscriptions: createSubscriptions({ config, groupId, clock, graph, appToken }),
    }),
    /** The names of these people, as far as the application itself may read them: User.Read.All. Never throws. */
    namesOf: async (ids: readonly string[]): ReturnType<typeof namesOfMany> =>
      ids.length === 0
        ? new Map()
        : appToken.get().then(
            token => namesOfMany(token, ids),
            () => new Map(),
          ),
    expiry,
    /** Another credential from now on; nobody is signed out by it. */
    renewCredential(next: Credential): void {
      credentials.renew(next)
      expiry.anew()
    },
    start(): void {
      loading.start()
      expiry.start()
    },
    stop(): void {
      loading.stop()
      expiry.stop()
    },
  }
}
export type Microsoft = ReturnType<typeof createMicrosoft>
