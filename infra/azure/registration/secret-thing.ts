import type { PasswordCredential } from '@microsoft/microsoft-graph-types'
import { GraphProblem } from '../graph/problem.ts'
import { AnswerLost } from '../graph/sending.ts'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { findRegistration } from './find-registration.ts'

/** How the portal calls a secret that this program made. */
const displayName = 'Gatehouse set-up'

/**
 * A client secret: one that is valid is enough, whoever made it. One that is made is shown once, and is in nothing that
 * this program keeps or writes.
 */
export function secretThing(given: Given, months: number): Thing {
  const { wish, clock, print } = given
  return {
    object: `client secret of ${wish.name}`,
    async read(known) {
      const secrets = (await findRegistration(given, known))?.passwordCredentials ?? []
      const ends = secrets.flatMap(({ endDateTime }) => (endDateTime ? [new Date(endDateTime)] : []))
      const [last] = ends.filter(end => end > clock()).toSorted((one, other) => other.getTime() - one.getTime())
      return last && { until: last.toISOString() }
    },
    after: (_known, before) => before ?? { until: endAfter(clock(), months).toISOString() },
    leaves: (_known, before) => endsSoon(before as { until: string }, given),
    async write(known) {
      print(`ENTRA_CLIENT_SECRET=${await makeSecret(given, known, months)}`)
    },
  }
}

/** The warning is early enough for whoever runs this monthly. */
const soonMs = 30 * 86_400_000

function endsSoon({ until }: { until: string }, { wish, clock }: Given): string[] {
  if (Date.parse(until) - clock().getTime() > soonMs) return []
  return [`the client secret of ${wish.name} ends on ${until}. Another: npm run setup -- env --new-secret`]
}

/** Makes a client secret beside those that are there. It is nowhere but in this answer. */
export async function makeSecret(
  { graph, clock }: Pick<Given, 'graph' | 'clock'>,
  known: Known,
  months: number,
): Promise<string> {
  const passwordCredential = { displayName, endDateTime: endAfter(clock(), months).toISOString() }
  const path = `/applications/${known.application?.id}/addPassword`
  const { secretText } = await graph.act<PasswordCredential>(path, { passwordCredential }).catch(error => {
    throw error instanceof AnswerLost ? new GraphProblem(`${error.message}\n${nobodySaw}`) : error
  })
  return secretText as string
}

const nobodySaw =
  'A client secret may have been made that nobody saw: remove it in the portal (Certificates & secrets). Another: npm run setup -- env --new-secret'

/** So many months later, on the last day of the month where it has no such day. */
export function endAfter(from: Date, months: number): Date {
  const end = new Date(from)
  end.setUTCMonth(from.getUTCMonth() + months)
  if (end.getUTCDate() !== from.getUTCDate()) end.setUTCDate(0)
  return end
}
