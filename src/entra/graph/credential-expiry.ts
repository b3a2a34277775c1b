import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Credential } from '../../config/credential.ts'
import type { Log } from '../../observability.ts'
import type { Credentials } from '../oidc/credentials.ts'
import { type Graph, GraphRefusal } from './graph.ts'

/** When a credential that is in use runs out, in epoch ms; `position` is its place in the setting, from 1. */
export type Expiry = { kind: 'secret' | 'certificate'; position: number; expiresAt: number }

const dayMs = 24 * 3_600_000
const warnMs = 30 * dayMs
/** Later than everything that a start waits for. */
const firstLookMs = 60_000
const retryMs = 10 * 60_000

const end = z.iso.datetime({ offset: true }).transform(value => Date.parse(value))
const applicationShape = z.object({
  passwordCredentials: z.array(z.object({ hint: z.string().nullish(), endDateTime: end })),
})

/**
 * Knows when the application's own credentials run out, and warns once a day from 30 days before. A certificate says so
 * itself. For a secret Graph is asked, which needs the application permission Application.Read.All; where that is not
 * given it is said once.
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
  /** The credential that this is known of. */
  let knownOf: Credential | undefined
  let isUnknownSaid = false
  let timer: NodeJS.Timeout | undefined

  /** Looks once, and warns. Returns how long the next look may wait, in ms. */
  async function look(): Promise<number> {
    const credential = credentials.current()
    try {
      known = await expiriesOf(credential)
      knownOf = credential
      known.forEach(warn)
      return dayMs
    } catch (error) {
      // What is known of this credential stays so: its end does not move.
      if (isNoPermission(error)) return sayOnce()
      log.warn({ event: 'credential-expiry-unanswered', error })
      return retryMs
    }
  }

  async function expiriesOf(credential: Credential): Promise<readonly Expiry[]> {
    if (credential.kind === 'federated') return []
    if (credential.kind === 'certificate')
      return [{ kind: 'certificate', position: 1, expiresAt: credential.certificate.expiresAt }]
    const path = `/applications(appId='${clientId}')?$select=passwordCredentials,keyCredentials`
    const { data } = applicationShape.safeParse(await graph.call(path, await token()))
    if (!data) throw new GraphRefusal('shape')
    return credential.secrets.flatMap((secret, index) => {
      const expiresAt = endOf(secret.reveal(), data.passwordCredentials)
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

  function sayOnce(): number {
    if (!isUnknownSaid) log.info({ event: 'credential-expiry-unknown', needs: 'Application.Read.All' })
    isUnknownSaid = true
    return dayMs
  }

  function again(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void look().then(again), ms).unref()
  }

  return {
    look,
    /** Of the credential that is in use now: nothing, until it was asked about. */
    expiries: (): readonly Expiry[] => (knownOf === credentials.current() ? known : []),
    start: (): void => again(firstLookMs),
    /** The credential is another one now. */
    anew: (): void => again(0),
    stop: (): void => clearTimeout(timer),
  }
}

export type CredentialExpiry = ReturnType<typeof createCredentialExpiry>

const isNoPermission = (error: unknown) => error instanceof GraphRefusal && [401, 403].includes(error.status)

type Listed = z.infer<typeof applicationShape>['passwordCredentials']

/**
 * Graph tells a secret by its first three letters, and those of long ago not at all: then it is the one that lasts
 * longest. Of several that look alike it is the one that ends first.
 */
function endOf(secret: string, listed: Listed): number | undefined {
  const alike = listed.filter(({ hint }) => hint === secret.slice(0, 3)).map(({ endDateTime }) => endDateTime)
  if (alike.length > 0) return Math.min(...alike)
  const unnamed = listed.filter(({ hint }) => !hint).map(({ endDateTime }) => endDateTime)
  return unnamed.length > 0 ? Math.max(...unnamed) : undefined
}
