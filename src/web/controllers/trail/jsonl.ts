import type { Services } from '../../../services.ts'
import { createReading } from '../../administration/recorded.ts'
import { jsonlPieces } from '../../administration/trail/exporting.ts'
import { boundsOf, trailFilterOf, wantedBy } from '../../administration/trail/filter.ts'
import { coveringCheckpoint } from '../../administration/trail/proving.ts'
import { type Controller, download, nothingYet, redirect } from '../../page.ts'

export default ({ ledger, config }: Pick<Services, 'ledger' | 'config'>): Controller => {
  const { downloads } = createReading(ledger.append)
  return async visit => {
    if (visit.isAhead) return nothingYet()
    const { filter, faultyPath } = trailFilterOf(visit.query, config.gates)
    if (faultyPath) return redirect(faultyPath)
    // Before the download is recorded, so that the file holds no act that is still going on.
    const [{ size, text, vkeys }, cut] = await Promise.all([coveringCheckpoint(ledger), ledger.cut()])
    const bounds = await boundsOf(filter, ledger, size)
    await downloads(visit, 'jsonl', filter.values)
    const head = { checkpoint: text, vkey: vkeys[0] ?? null, filter: filter.values, cut }
    const pieces = jsonlPieces(ledger, { head, size, bounds, isWanted: wantedBy(filter) })
    return download('trail.jsonl', 'application/jsonl; charset=utf-8', pieces)
  }
}
