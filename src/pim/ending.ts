import { randomUUID } from 'node:crypto'
import type { Trail } from '../audit/trail.ts'
import type { Clock } from '../clock.ts'
import { GraphRefusal } from '../entra/graph-refusal.ts'
import type { Pim, PimRequest, Span } from '../entra/pim.ts'
import { Problem } from '../errors.ts'
import type { Who } from '../gate/pim-token.ts'
import type { KnownPlans } from '../session/known-plans.ts'
import { isMember, type Plan, type SessionRecord, withPlan } from '../session/record.ts'
import type { Sessions } from '../session/store.ts'
import type { Ended } from './access.ts'
import { type Activations, isOnItsWay } from './activation.ts'
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
  knownPlans,
  trail,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  activations: Activations
  sessions: Pick<Sessions, 'read' | 'changeAll'>
  knownPlans: Pick<KnownPlans, 'act'>
  trail: Trail
}) {
  const now = () => clock().getTime()

  /** What was begun goes on when the page waits no longer. */
  return (who: Who): Promise<Ended> =>
    within(who, end(patient(who)), () => ({ ended: false, problem: refusalOf('no-answer') }))

  async function end(who: Who): Promise<Ended> {
    let isAsked = false
    let isKnown = false
    try {
      const span = ownIn(await asPerson(who, pim.spans), now())
      if (span?.kind === 'assigned') return { ended: false, problem: notTheirs }
      const canEndAt = span && span.from + shortestStayMs
      if (canEndAt !== undefined && now() < canEndAt)
        return { ended: false, problem: refusalOf('too-soon-to-end'), canEndAt }
      const here = span ? { isKnown: true, isIn: true } : await asKnownHere(who)
      isKnown = here.isKnown
      if (!isKnown && !here.isIn) return { ended: false, problem: refusalOf('not-on') }
      isAsked = true
      await withoutNext(who, span)
      const { status } = await deactivated(who)
      if (status === 'failed')
        return { ended: false, problem: refusalOf('too-soon-to-end'), ...(canEndAt !== undefined && { canEndAt }) }
      if (isNotDone(status)) return { ended: false, problem: refusalOf('refused') }
      await closed(who)
      return { ended: true }
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      const problem = !isAsked && isUnanswered(thrown) ? unreachable : refusalFrom(thrown)
      // Of somebody whom we never saw turn it on, it says nothing about what lets them in.
      if (problem.code !== 'not-on' || !isKnown) return { ended: false, problem }
      await closed(who)
      return { ended: true }
    }
  }

  /** What lists that lag behind may not show (any more): that it was turned on is remembered here. */
  async function asKnownHere(who: Who) {
    const [record, activation] = await Promise.all([sessions.read(who.sessionId), activations.read(who)])
    const isKnown = (record?.plan?.until ?? 0) > now() || isOnItsWay(activation, now())
    return { isKnown, isIn: isMember(record?.membership ?? 'unknown') }
  }

  /** What would begin later would let them in again. What Microsoft does not take back must not keep them from ending. */
  async function withoutNext(who: Who, span: Span | undefined): Promise<void> {
    const requests = await asPerson(who, token => pim.requests(token, 'principal'), 'act')
    const isToCome = ({ action, status, startsAt = 0 }: PimRequest) =>
      action === 'selfactivate' && ['granted', 'schedulecreated', 'provisioned'].includes(status) && startsAt > now()
    let isShorter = false
    for (const { id: request } of requests.filter(isToCome)) {
      const cancelled = trail(
        'cancellation',
        { act: randomUUID(), actor: who.identity },
        { request },
        () => asPerson(who, token => pim.cancel(token, request), 'act').then(() => true),
        () => ({}),
      )
      isShorter = (await cancelled.catch(notTakenBack)) || isShorter
    }
    if (isShorter && span) await endsWith(who, span)
  }

  /** Whether or not it is ended now, it does not go on after this period. */
  async function endsWith(who: Who, { from, until }: Span): Promise<void> {
    await bind(who, { askedAt: now(), shownAt: now(), from, ...(until !== undefined && { until }) })
  }

  /** All sessions of the person, and those that begin later. */
  async function bind({ identity }: Who, news: Plan, more: Partial<SessionRecord> = {}): Promise<void> {
    const plan = await knownPlans.act(identity, () => news)
    await sessions.changeAll(identity, found => withPlan({ ...found, ...more }, plan))
  }

  function deactivated(who: Who): Promise<PimRequest> {
    const { identity } = who
    return trail(
      'ending',
      { act: randomUUID(), actor: identity },
      {},
      () =>
        asPerson(
          who,
          token => pim.deactivate(token, { principalId: identity.objectId, reason: 'Ended by the person' }),
          'act',
        ),
      ({ id: request, status }) => ({ request, status, failed: status === 'failed' }),
    )
  }

  /** Whatever lists and tokens still say for a while: who ended it is out. */
  async function closed(who: Who): Promise<void> {
    const at = now()
    const membership = { member: false, provenAt: at, reason: 'ended', endedAt: at } as const
    await bind(who, { askedAt: at, until: at, endedAt: at }, { membership })
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

const isNotDone = (status: string) => ['denied', 'canceled'].includes(status) || status.startsWith('pending')

function notTakenBack(thrown: unknown): false {
  if (thrown instanceof GraphRefusal) return false
  throw thrown
}

const notTheirs: PimRefusal = {
  ...refusalOf('caller-lacks-permission'),
  sentence: 'An administrator gave you this access, so only an administrator can end it.',
}
