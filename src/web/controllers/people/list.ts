import type { ApprovalSeen } from '../../../pim/people/approvals-seen.ts'
import type { GatePeople } from '../../../pim/people/gate-people.ts'
import type { SeenHere } from '../../../pim/people/people.ts'
import type { Review } from '../../../pim/people/reviews.ts'
import type { Services } from '../../../services.ts'
import { peoplePath } from '../../administration/people/addresses.ts'
import { peopleAsked } from '../../administration/people/asked.ts'
import { type LastAct, lastActsOf } from '../../administration/people/last-acts.ts'
import { peopleModel, sectionsOf } from '../../administration/people/model.ts'
import { placeOf } from '../../administration/people/on-section.ts'
import type { ListedPerson } from '../../administration/people/section.ts'
import { createReading } from '../../administration/recorded.ts'
import { type Controller, nothingYet, view } from '../../page.ts'
import { canAdminister } from '../../served.ts'

type Needs = Pick<Services, 'clock' | 'config' | 'dailyCheck' | 'gates' | 'ledger' | 'people'>

/** Who has access: a page for administrators, and for auditors without any act. */
export default ({ clock, config, dailyCheck, gates, ledger, people }: Needs): Controller => {
  const { opened } = createReading(ledger.append)
  const contexts = new Map(config.gates.flatMap(({ name, context }) => (context ? [[name, context] as const] : [])))
  const hasActs = canAdminister(config)

  return async visit => {
    if (visit.isAhead) return nothingYet()
    const { query, who, session } = visit
    const asked = peopleAsked(query, people.gates)
    await opened(visit, peoplePath, asked.params)
    const found = await people.at(who, asked.gates, asked.isNew ? 'new' : undefined)
    const isAdministrator = gates.isIn(session.record, 'administrators')
    const canAct = hasActs && isAdministrator
    const known = {
      now: clock(),
      canAct,
      setUp: isAdministrator ? (dailyCheck.known() ?? []) : [],
      contexts,
      seen: new Map<string, SeenHere>(),
      approvals: new Map<string, ApprovalSeen>(),
      lastActs: new Map<string, LastAct>() as ReadonlyMap<string, LastAct>,
      reviews: new Map<string, Review>(),
    }

    /** Only what the page shows is asked for. */
    async function lookAt(rows: readonly ListedPerson<GatePeople['on'][number]>[]): Promise<void> {
      const seen = rows.map(async row => known.seen.set(placeOf(row), await people.seenHere(row.gate, row.id)))
      const byGate = [...Map.groupBy(rows, ({ gate }) => gate)]
      const approvals = byGate.map(async ([gate, periods]) => {
        for (const [id, approval] of await people.approvals(who, gate, periods)) known.approvals.set(id, approval)
      })
      const acts = lastActsOf(ledger).then(found => {
        known.lastActs = found
      })
      await Promise.all([...seen, ...approvals, acts])
    }
    async function lookUp(rows: readonly ListedPerson<{ id: string }>[]): Promise<void> {
      await Promise.all(
        rows.map(async row => {
          const review = await people.reviewOf(row.gate, row.id)
          if (review) known.reviews.set(placeOf(row), review)
        }),
      )
    }

    const sections = sectionsOf(found, asked.text)
    const model = await peopleModel({ found, sections, asked, query, known, people, lookAt, lookUp })
    return view('people/list', 'Who has access', model, { isWide: true })
  }
}
