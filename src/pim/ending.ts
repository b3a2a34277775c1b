import { randomUUID } from 'node:crypto'
import type { Trail } from '../audit/trail.ts'
import type { Clock } from '../clock.ts'
import type { Pim, PimRequest, Span } from '../entra/pim.ts'
import { Problem } from '../errors.ts'
import type { Who } from '../gate/pim-token.ts'
import type { Sessions } from '../session/store.ts'
import type { Ended } from './access.ts'
import type { Activations } from './activation.ts'
import type { AsPerson } from './as-person.ts'
import { currentOf, shortestStayMs } from './my-access.ts'
import { patient, within } from './patience.ts'
import { isUnanswered } from './readings.ts'
import { type PimRefusal, refusalFrom, refusalOf, unreachable } from './refusals.ts'

/** Ends a person's own access: at Microsoft, and here at once, in all their sessions; they stay signed in. */
export function createEnding({
  clock,
  pim,
  asPerson,
  activations,
  sessions,
  trail,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  activations: Activations
  sessions: Pick<Sessions, 'changeAll'>
  trail: Trail
}) {
  const now = () => clock().getTime()

  /** What was begun goes on when the page waits no longer. */
  return (who: Who): Promise<Ended> =>
    within(who, end(patient(who)), () => ({ ended: false, problem: refusalOf('no-answer') }))

  async function end(who: Who): Promise<Ended> {
    let isAsked = false
    try {
      const span = ownIn(await asPerson(who, pim.spans), now())
      if (span?.kind === 'assigned') return { ended: false, problem: notTheirs }
      const canEndAt = span && span.from + shortestStayMs
      if (canEndAt !== undefined && now() < canEndAt)
        return { ended: false, problem: refusalOf('too-soon-to-end'), canEndAt }
      isAsked = true
      await withoutNext(who)
      const request = await deactivated(who)
      if (request.status === 'failed')
        return { ended: false, problem: refusalOf('too-soon-to-end'), ...(canEndAt !== undefined && { canEndAt }) }
      await closed(who)
      return { ended: true }
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      const problem = !isAsked && isUnanswered(thrown) ? unreachable : refusalFrom(thrown)
      if (problem.code !== 'not-on') return { ended: false, problem }
      await closed(who)
      return { ended: true }
    }
  }

  /** What would begin later would let them in again. */
  async function withoutNext(who: Who): Promise<void> {
    const requests = await asPerson(who, token => pim.requests(token, 'principal'))
    const isToCome = ({ action, status, startsAt = 0 }: PimRequest) =>
      action === 'selfactivate' && ['granted', 'schedulecreated', 'provisioned'].includes(status) && startsAt > now()
    for (const { id: request } of requests.filter(isToCome))
      await trail(
        'cancellation',
        { act: randomUUID(), actor: who.identity },
        { request },
        () => asPerson(who, token => pim.cancel(token, request)),
        () => ({}),
      )
  }

  function deactivated(who: Who): Promise<PimRequest> {
    const { identity } = who
    return trail(
      'ending',
      { act: randomUUID(), actor: identity },
      {},
      () =>
        asPerson(who, token =>
          pim.deactivate(token, { principalId: identity.objectId, reason: 'Ended by the person' }),
        ),
      ({ id: request, status }) => ({ request, status, failed: status === 'failed' }),
    )
  }

  /** Whatever lists and tokens still say for a while: who ended it is out. */
  async function closed(who: Who): Promise<void> {
    const at = now()
    await sessions.changeAll(who.identity, found => ({
      ...found,
      membership: { member: false, provenAt: at, reason: 'ended', endedAt: at },
      plan: { askedAt: at, until: at, endedAt: at },
    }))
    const activation = await activations.read(who)
    if (activation)
      await activations.change(who, activation.id, found => ({
        ...found,
        stage: 'over',
        ending: { code: 'ended-here', at },
      }))
  }
}

/** The period that they turned on themselves, where one runs: what was given beside it only an administrator ends. */
const ownIn = (spans: readonly Span[], now: number) =>
  currentOf(
    spans.filter(({ kind }) => kind === 'activated'),
    now,
  ) ?? currentOf(spans, now)

const notTheirs: PimRefusal = {
  ...refusalOf('caller-lacks-permission'),
  sentence: 'An administrator gave you this access, so only an administrator can end it.',
}
