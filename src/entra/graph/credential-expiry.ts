import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Credential } from '../../config/credential.ts'
import type { Log } from '../../observability.ts'
import type { Credentials } from '../oidc/credentials.ts'
import type { Graph } from './graph.ts'
import { GraphRefusal } from './refusal.ts'
import { graphInstant, parsed } from './shapes.ts'

/** When a credential in use expires, in epoch ms. `position` is its place in the setting, from 1. */
export type Expiry = { kind: 'secret' | 'certificate'; position: number; expiresAt: number }

const dayMs = 24 * 3_600_000
const warnMs = 30 * dayMs
/** The first look comes after everything that a start waits for. */
const firstLookMs = 60_000
const retryMs = 10 * 60_000

const applicationShape = z.object({
  passwordCredentials: z.array(z.object({ hint: z.string().nullish(), endDateTime: graphInstant })),
})

/**
 * Knows when the application's own credentials expire, and warns once a day from 30 days before. A certificate says so
 * itself. For a secret Graph is asked, which needs the application permission Application.Read.All; where the application
 * does not have it, the log says so once.
 * Source: https://learn.microsoft.com/graph/api/application-get
 */
export function createCredentialExpiry({
  clock,
  credentials,
  clientId,
  graph,
  token,
  log,
}: {
  clock: Clock
  credentials: Pick<Credentials, 'current'>
  clientId: string
  graph: Pick<Graph, 'call'>
  token: () => Promise<string>
  log: Log
}) {
  let known: readonly Expiry[] = []
  /** The credential whose expiries are `known`. */
  let knownOf: Credential | undefined
  let isUnknownLogged = false
  let timer: NodeJS.Timeout | undefined

  /** Looks once, and warns. Never throws. Returns the time until the next look, in ms. */
  async function look(): Promise<number> {
    const credential = credentials.current()
    try {
      known = await expiriesOf(credential)
      knownOf = credential
      known.forEach(warn)
      return dayMs
    } catch (error) {
      // The known expiries stay, because the end of a credential does not move.
      if (isNoPermission(error)) return logOnce()
      log.warn({ event: 'credential-expiry-unanswered', error })
      return retryMs
    }
  }

  async function expiriesOf(credential: Credential): Promise<readonly Expiry[]> {
    if (credential.kind === 'federated') return []
    if (credential.kind === 'certificate')
      return [{ kind: 'certificate', position: 1, expiresAt: credential.certificate.expiresAt }]
    const path = `/applications(appId='${clientId}')?$select=passwordCredentials,keyCredentials`
    const { passwordCredentials } = parsed(applicationShape, await graph.call(path, await token()))
    return credential.secrets.flatMap((secret, index) => {
      const expiresAt = secretEndOf(secret.reveal(), passwordCredentials)
      return expiresAt === undefined ? [] : [{ kind: 'secret' as const, position: index + 1, expiresAt }]
    })
  }

  function warn({ kind, position, expiresAt }: Expiry): void {
    const left = expiresAt - clock().getTime()
    if (left > warnMs) return
    const days = Math.floor(left / dayMs)
    const event = days < 0 ? 'credential-expired' : 'credential-expires'
    log.warn({ event, kind, position, expiresAt: new Date(expiresAt).toISOString(), days })
  }

  function logOnce(): number {
    if (!isUnknownLogged) log.info({ event: 'credential-expiry-unknown', needs: 'Application.Read.All' })
    isUnknownLogged = true
    return dayMs
  }

  function lookAfter(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void look().then(lookAfter), ms).unref()
  }

  return {
    look,
    /** The expiries of the credential in use. Empty until they are known. */
    expiries: (): readonly Expiry[] => (knownOf === credentials.current() ? known : []),
    start: (): void => lookAfter(firstLookMs),
    /** Looks at once, because another credential is in use now. */
    anew: (): void => lookAfter(0),
    stop: (): void => clearTimeout(timer),
  }
}

export type CredentialExpiry = ReturnType<typeof createCredentialExpiry>

const isNoPermission = (error: unknown) => error instanceof GraphRefusal && [401, 403].includes(error.status)

type Listed = z.infer<typeof applicationShape>['passwordCredentials']

/**
 * When a secret ends, in epoch ms. Graph shows the first three letters of a secret as its hint; of several with the same
 * hint, the earliest end counts. Graph has no hint for very old secrets; of those the latest end counts.
 */
function secretEndOf(secret: string, listed: Listed): number | undefined {
  const alike = listed.filter(({ hint }) => hint === secret.slice(0, 3)).map(({ endDateTime }) => endDateTime)
  if (alike.length > 0) return Math.min(...alike)
  const unnamed = listed.filter(({ hint }) => !hint).map(({ endDateTime }) => endDateTime)
  return unnamed.length > 0 ? Math.max(...unnamed) : undefined
}
