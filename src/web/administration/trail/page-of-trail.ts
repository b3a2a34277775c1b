import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { paramsIn } from '../../listing/address.ts'
import { rowsOnAPage } from '../../listing/paging.ts'
import { numberIn } from './filter.ts'
import { type Looked, lookThrough } from './looking.ts'

type Step = { before?: string | undefined; after?: string | undefined }
/**
 * A page of the trail, newest first. `newer` and `older` lead to the pages beside it. `further` leads on where the request has
 * looked at as many records as one may, and did not fill the page.
 */
export type PageOfTrail = {
  shown: KeptRecord[]
  newer?: Step
  older?: Step
  further?: { step: Step; looked: number; stoppedAt: KeptRecord; isBack: boolean }
}

type Asked = { bounds: { from: number; to: number }; isWanted: (kept: KeptRecord) => boolean; query: unknown }

/**
 * The page that an address asks for: below the record `before`, or above the record `after`, or the newest. These numbers
 * lead to the same page whatever is recorded meanwhile. Throws Problem('redis-away').
 */
export async function pageOfTrail(
  ledger: Pick<Ledger, 'read'>,
  { bounds, isWanted, query }: Asked,
): Promise<PageOfTrail> {
  const given = paramsIn(query, ['before', 'after'])
  const [before, after] = [numberIn(given.before), numberIn(given.after)]
  const want = rowsOnAPage + 1
  if (after !== undefined) {
    const from = Math.max(bounds.from, after + 1)
    const up = await lookThrough(ledger, { bounds: { from, to: bounds.to }, newestFirst: false, isWanted, want })
    // Otherwise nothing is newer than what fits on the page of the newest.
    if (up.found.length === want || !up.isAtEnd) return above(after, up)
  }
  const to = Math.min(bounds.to, before ?? bounds.to)
  const down = await lookThrough(ledger, { bounds: { from: bounds.from, to }, newestFirst: true, isWanted, want })
  return below(before !== undefined && before < bounds.to ? before : undefined, down)
}

function below(before: number | undefined, looked: Looked): PageOfTrail {
  const shown = looked.found.slice(0, rowsOnAPage)
  const isMore = looked.found.length > rowsOnAPage
  return {
    shown,
    ...(before !== undefined && { newer: { before: undefined, after: String(before - 1) } }),
    ...(isMore && { older: { before: String(shown.at(-1)?.seq), after: undefined } }),
    ...(!isMore && furtherFrom(looked, seq => ({ before: String(seq), after: undefined }), true)),
  }
}

function above(after: number, looked: Looked): PageOfTrail {
  const nearest = looked.found.slice(0, rowsOnAPage)
  const isMore = looked.found.length > rowsOnAPage
  return {
    shown: nearest.toReversed(),
    ...(isMore && { newer: { before: undefined, after: String(nearest.at(-1)?.seq) } }),
    older: { before: String(after + 1), after: undefined },
    ...(!isMore && furtherFrom(looked, seq => ({ before: undefined, after: String(seq) }), false)),
  }
}

function furtherFrom({ isAtEnd, stoppedAt, looked }: Looked, stepFrom: (seq: number) => Step, isBack: boolean) {
  if (isAtEnd || !stoppedAt) return {}
  return { further: { step: stepFrom(stoppedAt.seq), looked, stoppedAt, isBack } }
}
