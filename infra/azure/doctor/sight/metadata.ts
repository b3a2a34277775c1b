import { z } from 'zod'
import type { Clock } from '../../../../src/clock.ts'
import type { Fact } from '../../../../src/setup/facts/fact.ts'
import { askOnce } from './ask-once.ts'
import { whyOf } from './house.ts'

const document = z.object({
  issuer: z.string().optional(),
  msgraph_host: z.string().optional(),
  error: z.string().optional(),
})

/** What Entra tells everybody of a tenant, and how far our clock is ahead of Entra's. */
export type TenantMetadata = {
  isThere: boolean
  issuer: string | undefined
  /** The host of the Graph that goes with this tenant. */
  graphHost: string | undefined
  /** Negative: behind. Undefined where the answer has no date. */
  aheadMs: number | undefined
}

/** Asks Entra about a tenant, which needs no permission. Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc */
export async function readMetadata(
  { authority, tenantId }: { authority: string; tenantId: string },
  clock: Clock,
): Promise<Fact<TenantMetadata>> {
  const began = performance.now()
  try {
    const heard = await askOnce(`${authority}/${tenantId}/v2.0/.well-known/openid-configuration`)
    const told = document.safeParse(jsonIn(heard.body)).data
    if (!told || (heard.status !== 200 && heard.status !== 400))
      return { unseen: `${authority} says nothing of use (status ${heard.status}).`, remedy: laterOf(authority) }
    return {
      value: {
        isThere: heard.status === 200,
        issuer: told.issuer,
        graphHost: told.msgraph_host,
        aheadMs: aheadOf(heard.headers.date, clock().getTime() - (performance.now() - began) / 2),
      },
    }
  } catch (error) {
    return { unseen: `${authority} does not answer: ${whyOf(error)}.`, remedy: laterOf(authority) }
  }
}

const laterOf = (authority: string) => `See whether this machine may reach ${authority}, and check again.`

/** A date is cut to whole seconds, so on average it is half a second old. */
function aheadOf(date: string | undefined, now: number): number | undefined {
  const theirs = Date.parse(date ?? '')
  return Number.isFinite(theirs) ? now - (theirs + 500) : undefined
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
