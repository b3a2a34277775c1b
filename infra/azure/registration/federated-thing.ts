import { createHash } from 'node:crypto'
import type { FederatedIdentityCredential } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { tokenAudience } from './token-audience.ts'

type Wished = { issuer: string; subject: string }
type View = Wished & { audience: string }

/** The trust in tokens of another issuer, by which a workload proves that it is the application. Others are left alone. */
export function federatedThing({ graph, wish }: Given, { issuer, subject }: Wished): Thing {
  const audience = tokenAudience[wish.cloud]
  const pathOf = (known: Known) => `/applications/${known.application?.id}/federatedIdentityCredentials`

  async function find(known: Known): Promise<FederatedIdentityCredential | undefined> {
    const rows = await graph.list<FederatedIdentityCredential>(pathOf(known))
    return rows.find(each => each.issuer === issuer && each.subject === subject)
  }

  return {
    object: `workload identity of ${wish.name}`,
    async read(known) {
      const found = known.application && (await find(known))
      return found && { issuer, subject, audience: (found.audiences ?? []).join(' ') }
    },
    after: (): View => ({ issuer, subject, audience }),
    async write(known) {
      const found = await find(known)
      if (found) return graph.patch(`${pathOf(known)}/${found.id}`, { audiences: [audience] })
      const body = { name: nameOf({ issuer, subject }), issuer, subject, audiences: [audience] }
      await graph.create({ path: pathOf(known), body, find: () => find(known), isUnique: true })
    },
  }
}

/** A name that fits into an address, and is the same in every run. */
const nameOf = ({ issuer, subject }: Wished): string =>
  `gatehouse-${createHash('sha256').update(`${issuer} ${subject}`).digest('hex').slice(0, 12)}`
